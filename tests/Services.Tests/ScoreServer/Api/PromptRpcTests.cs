using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class PromptRpcTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EncodePrompts_Twice_GivesEqualHandlesAndUnknownWords()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        EncodePromptsResponse first = await EncodeAsync(host, "a red spotted car", "tree");
        EncodePromptsResponse second = await EncodeAsync(host, "a red spotted car", "tree");

        Assert.Equal(first, second);
        Assert.Equal(["spotted"], first.Prompts[0].UnknownWords);
        Assert.Matches("^[0-9a-f]{64}$", first.Prompts[0].Handle);
        Assert.NotEqual(first.Prompts[0].Handle, first.Prompts[1].Handle);
    }

    [Fact]
    public async Task Score_ByHandle_EqualsByPrompt()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        EncodePromptsResponse encoded = await EncodeAsync(host, "red car", "tree");
        ScoreRequest byHandle = Guided(new Conditioning { PromptHandle = encoded.Prompts[0].Handle, NegativePromptHandle = encoded.Prompts[1].Handle });
        ScoreRequest byPrompt = Guided(new Conditioning { Prompt = "red car", NegativePrompt = "tree" });

        ScoreResponse expected = await host.Client.ScoreAsync(byPrompt, cancellationToken: Cancellation);
        ScoreResponse actual = await host.Client.ScoreAsync(byHandle, cancellationToken: Cancellation);

        Assert.Equal(expected.Gradient, actual.Gradient);
    }

    [Fact]
    public async Task Score_HandleDropped_IsNotFoundUntilEncodedAgain()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--PromptCacheEntries=1");
        string handle = (await EncodeAsync(host, "red car")).Prompts[0].Handle;
        await EncodeAsync(host, "tree");
        ScoreRequest request = Guided(new Conditioning { PromptHandle = handle });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(request, cancellationToken: Cancellation));
        await EncodeAsync(host, "red car");
        ScoreResponse answer = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal("HANDLE_UNKNOWN", error.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason);
        Assert.NotNull(answer.Gradient);
    }

    [Fact]
    public async Task EncodePrompts_BadPrompts_AreAllNamed()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => EncodeAsync(host, new string('x', 5000), "car", "green chair"));

        Assert.Equal(["prompts[0]", "prompts[2]"], error.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task EncodePrompts_TooMany_IsRefused()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => EncodeAsync(host, [.. Enumerable.Repeat("car", 65)]));

        Assert.Equal(["prompts must have at most 64 entries, but is 65 long."], Requests.Violations(error));
    }

    private static async Task<EncodePromptsResponse> EncodeAsync(ScoreServerHost host, params string[] prompts) =>
        await host.Client.EncodePromptsAsync(new EncodePromptsRequest { Model = TinyPictures.Kind, Prompts = { prompts } }, cancellationToken: Cancellation);

    private static ScoreRequest Guided(Conditioning conditioning)
    {
        ScoreRequest request = Requests.Score(TinyPictures.Kind);
        request.Conditionings.Add(conditioning);
        request.GuidanceScale = 2;
        request.Deterministic = true;
        return request;
    }
}
