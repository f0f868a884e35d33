using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class ModelRpcTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListModels_TwoModels_ListsThemInOrder()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory, Ladder()]);

        ListModelsResponse response = await host.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation);

        Assert.Equal([TinyPictures.Kind, "ladder"], response.Models.Select(model => model.Name));
        Assert.All(response.Models, model => Assert.True(model.Ready));
    }

    [Fact]
    public async Task GetModel_Known_DescribesIt()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([Ladder()], "--Api:MaxImagesPerRequest=7");

        Model model = (await host.Client.GetModelAsync(new GetModelRequest { Name = "ladder" }, cancellationToken: Cancellation)).Model;

        Assert.Equal([3u, 4u, 4u], model.DataShape);
        Assert.Equal([4.0, 2.0, 1.0], model.SigmaLadder);
        Assert.Equal((1.0, 4.0), (model.SigmaMin, model.SigmaMax));
        Assert.Equal(DataSpace.Pixel, model.DataSpace);
        Assert.Equal(ConditioningKind.Prompt, model.Conditioning);
        Assert.Equal("f32", model.ComputeType);
        Assert.Equal(7u, model.MaxImagesPerRequest);
        Assert.True(model.MaxMessageBytes > 0);
        Assert.False(model.Hints.HasGuidanceScale);
    }

    [Fact]
    public async Task GetModel_Unknown_IsNotFoundAndNamesTheKnown()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Client.GetModelAsync(new GetModelRequest { Name = "sd" }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal("name must be one of tiny, but is sd.", error.Status.Detail);
        Assert.Equal("MODEL_UNKNOWN", error.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason);
    }

    [Fact]
    public async Task EncodeImages_PixelModel_IsFailedPrecondition()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        RpcException encode = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Client.EncodeImagesAsync(new EncodeImagesRequest { Model = TinyPictures.Kind }, cancellationToken: Cancellation));
        RpcException decode = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Client.DecodeLatentsAsync(new DecodeLatentsRequest { Model = TinyPictures.Kind }, cancellationToken: Cancellation));

        Assert.All([encode, decode], error => Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode));
        Assert.Equal("tiny must be a model with an autoencoder, but its data space is pixel and it has none.", decode.Status.Detail);
    }

    private static TestFactory Ladder() => new("ladder", () => new TestDenoiser((noisy, _) => noisy * 0.5, [4, 2, 1]));
}
