using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Services.Tests.ScoreServer.Hosting;
using StreamCall = Grpc.Core.AsyncDuplexStreamingCall<Sjc.Contracts.Score.V1.ScoreStreamRequest, Sjc.Contracts.Score.V1.ScoreStreamResponse>;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class ScoreStreamTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyRequests_EachIsAnsweredWithItsOwnScores()
    {
        const int Count = 40;
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        for (uint i = 0; i < Count; i++)
        {
            await call.SendAsync(i, Requests.Score(TinyPictures.Kind, 1, i));
        }

        await call.RequestStream.CompleteAsync();
        Dictionary<ulong, ScoreStreamResponse> answers = [];
        await foreach (ScoreStreamResponse answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            answers.Add(answer.Id, answer);
        }

        Assert.Equal(Count, answers.Count);
        foreach ((ulong id, ScoreStreamResponse answer) in answers)
        {
            ScoreResponse alone = await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind, 1, (uint)id), cancellationToken: Cancellation);
            Assert.Equal(TensorCodec.Decode(alone.Gradient), TensorCodec.Decode(answer.Response.Gradient), (a, b) => MathF.Abs(a - b) < 1e-5f);
        }
    }

    [Fact]
    public async Task RefusedRequest_IsAnsweredWithStatusAndTheStreamGoesOn()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        ScoreRequest bad = Requests.Score(TinyPictures.Kind);
        bad.Sigmas.Clear();

        await call.SendAsync(1, bad);
        ScoreStreamResponse refusal = await call.ReadAsync();
        await call.SendAsync(2, Requests.Score(TinyPictures.Kind));
        ScoreStreamResponse answer = await call.ReadAsync();

        Assert.Equal(1ul, refusal.Id);
        Assert.Equal((int)Code.InvalidArgument, refusal.Status.Code);
        Assert.Equal("sigmas", refusal.Status.ToRpcStatus().GetDetail<BadRequest>().FieldViolations[0].Field);
        Assert.Equal(2ul, answer.Id);
        Assert.NotNull(answer.Response);
    }

    [Fact]
    public async Task MessageWithoutAction_IsRefused()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);

        await call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = 5 }, Cancellation);
        ScoreStreamResponse refusal = await call.ReadAsync();

        Assert.Equal((5ul, (int)Code.InvalidArgument), (refusal.Id, refusal.Status.Code));
    }

    [Fact]
    public async Task LargeRequestFirst_SmallOneOvertakes()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Batching:MaxBatchRows=4", "--Batching:RowsPerTurn=2");
        using StreamCall large = host.Client.ScoreStream(cancellationToken: Cancellation);
        using StreamCall small = host.Client.ScoreStream(cancellationToken: Cancellation);
        gate.Close();
        await large.SendAsync(1, Requests.Score(DeviceGate.Kind, 30));
        await gate.PassBegunAsync();
        await large.SendAsync(2, Requests.Score(DeviceGate.Kind));
        ScoreRequest bad = Requests.Score(DeviceGate.Kind);
        bad.Model = "";
        await large.SendAsync(3, bad);

        // The refusal overtakes what was sent before it, while the device stands still.
        Assert.Equal(3ul, (await large.ReadAsync()).Id);
        await small.SendAsync(7, Requests.Score(DeviceGate.Kind));
        gate.Open();

        Assert.Equal(7ul, (await small.ReadAsync()).Id);
        Assert.Equal([1ul, 2ul], new[] { (await large.ReadAsync()).Id, (await large.ReadAsync()).Id }.Order());
    }

    [Fact]
    public async Task Cancel_WaitingRequest_IsAnsweredCancelledAndNeverRuns()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory]);
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        int warmUp = gate.Passes;
        gate.Close();
        await call.SendAsync(1, Requests.Score(DeviceGate.Kind));
        await gate.PassBegunAsync();
        await call.SendAsync(2, Requests.Score(DeviceGate.Kind));
        await call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = 2, Cancel = new CancelScore() }, Cancellation);

        ScoreStreamResponse cancelled = await call.ReadAsync();
        gate.Open();
        ScoreStreamResponse first = await call.ReadAsync();
        await call.RequestStream.CompleteAsync();

        Assert.Equal((2ul, (int)Code.Cancelled), (cancelled.Id, cancelled.Status.Code));
        Assert.Equal(1ul, first.Id);
        Assert.NotNull(first.Response);
        Assert.False(await call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(warmUp + 1, gate.Passes);
    }

    [Fact]
    public async Task Cancel_UnknownId_IsPassedOver()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);

        await call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = 9, Cancel = new CancelScore() }, Cancellation);
        await call.SendAsync(1, Requests.Score(TinyPictures.Kind));

        Assert.Equal(1ul, (await call.ReadAsync()).Id);
    }

    [Fact]
    public async Task MoreInFlightThanAllowed_AreReadWhenThereIsRoom()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Api:MaxInFlightPerStream=2");
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        gate.Close();
        for (ulong id = 1; id <= 2; id++)
        {
            await call.SendAsync(id, Requests.Score(DeviceGate.Kind));
        }

        await gate.PassBegunAsync();
        await call.SendAsync(3, Requests.Score("")); // would be refused at once if it were read
        Task<ScoreStreamResponse> answer = call.ReadAsync();
        await host.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation);
        Assert.False(answer.IsCompleted);
        gate.Open();

        Assert.Equal([1ul, 2ul, 3ul], new[] { (await answer).Id, (await call.ReadAsync()).Id, (await call.ReadAsync()).Id }.Order());
    }

    [Fact]
    public async Task SameIdTwiceInFlight_SecondIsRefused()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory]);
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        gate.Close();
        await call.SendAsync(4, Requests.Score(DeviceGate.Kind));
        await call.SendAsync(4, Requests.Score(DeviceGate.Kind));

        ScoreStreamResponse refusal = await call.ReadAsync();
        gate.Open();

        Assert.Equal("id must be unique among the requests in flight, but is 4 again.", refusal.Status.Message);
        Assert.NotNull((await call.ReadAsync()).Response);
    }

    [Fact]
    public async Task ClientThatReadsLate_GetsEveryAnswerOnce()
    {
        const int Count = 300;
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Api:MaxInFlightPerStream=8");
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        gate.Close();
        Task sending = Task.Run(
            async () =>
            {
                for (ulong id = 0; id < Count; id++)
                {
                    await call.SendAsync(id, Requests.Score(DeviceGate.Kind));
                }

                await call.RequestStream.CompleteAsync();
            },
            Cancellation);
        await gate.PassBegunAsync();
        gate.Open();

        List<ScoreStreamResponse> answers = [];
        await foreach (ScoreStreamResponse answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            answers.Add(answer);
        }

        await sending;
        Assert.Equal(Count, answers.Select(answer => answer.Id).Distinct().Count());
        Assert.Equal(Count, answers.Count);
        Assert.All(answers, answer => Assert.NotNull(answer.Response));
    }

    [Fact]
    public async Task ClientThatLeaves_FreesTheQueue()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Batching:MaxBatchRows=2");
        gate.Close();
        using (StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation))
        {
            for (ulong id = 0; id < 20; id++)
            {
                await call.SendAsync(id, Requests.Score(DeviceGate.Kind));
            }

            await call.SendAsync(99, Requests.Score(""));
            Assert.Equal(99ul, (await call.ReadAsync()).Id);
        }

        gate.Open();
        ScoreResponse answer = await host.Client.ScoreAsync(Requests.Score(DeviceGate.Kind), cancellationToken: Cancellation);

        Assert.NotNull(answer.Gradient);
    }
}
