using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Services.Tests.ScoreServer.Hosting;
using StreamCall = Grpc.Core.AsyncDuplexStreamingCall<Sjc.Contracts.Score.V1.ScoreStreamRequest, Sjc.Contracts.Score.V1.ScoreStreamResponse>;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class AdmissionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task QueueFull_IsResourceExhaustedWithRetryInfoUntilThereIsRoom()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Batching:MaxBatchRows=4", "--Batching:QueueCapacityRows=4");
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        gate.Close();
        await call.SendAsync(1, Requests.Score(DeviceGate.Kind, 4));
        await gate.PassBegunAsync();
        await call.SendAsync(2, Requests.Score(DeviceGate.Kind, 4));
        await call.SendAsync(3, Requests.Score(DeviceGate.Kind, 1));
        ScoreStreamResponse streamed = await call.ReadAsync();
        RpcException unary = await Assert.ThrowsAsync<RpcException>(async () => await Score(host, 1));
        RpcException unread = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.ScoreAsync(new ScoreRequest { Model = DeviceGate.Kind }, cancellationToken: Cancellation));
        await call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = 2, Cancel = new CancelScore() }, Cancellation);
        ScoreStreamResponse cancelled = await call.ReadAsync();
        await call.SendAsync(4, Requests.Score(DeviceGate.Kind, 1));
        gate.Open();

        Assert.Equal((3ul, (int)Code.ResourceExhausted), (streamed.Id, streamed.Status.Code));
        Assert.Equal("The queue must have room for the request's rows (1 or more), but holds 4 of at most 4; retry later.", unary.Status.Detail);
        Assert.Equal(StatusCode.ResourceExhausted, unread.StatusCode);
        Assert.True(unary.GetRpcStatus()!.GetDetail<RetryInfo>().RetryDelay.ToTimeSpan() > TimeSpan.Zero);
        Assert.Equal(2ul, cancelled.Id);
        Assert.Equal([1ul, 4ul], new[] { (await call.ReadAsync()).Id, (await call.ReadAsync()).Id }.Order());
    }

    [Fact]
    public async Task Score_DeadlineInQueue_IsDeadlineExceededAndTheServerGoesOn()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory]);
        gate.Close();
        AsyncUnaryCall<ScoreResponse> running = Score(host, 1);
        await gate.PassBegunAsync();

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(
            Requests.Score(DeviceGate.Kind), deadline: DateTime.UtcNow.AddMilliseconds(100), cancellationToken: Cancellation));
        gate.Open();

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.NotNull((await running).Gradient);
        Assert.NotNull((await Score(host, 1)).Gradient);
    }

    [Theory]
    [InlineData(2, StatusCode.OK)]
    [InlineData(0, StatusCode.Unavailable)]
    public async Task Score_OutOfMemory_IsTriedInHalvesAndTheServerGoesOn(int most, StatusCode expected)
    {
        int limit = int.MaxValue;
        TestFactory small = new("small", () => new TestDenoiser((noisy, _) =>
            noisy.shape[0] > limit ? throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2.00 GiB.") : noisy * 0.5));
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([small]);
        limit = most;
        StatusCode code = StatusCode.OK;
        try
        {
            await host.Client.ScoreAsync(Requests.Score("small", 4), cancellationToken: Cancellation);
        }
        catch (RpcException exception)
        {
            code = exception.StatusCode;
            Assert.NotNull(exception.GetRpcStatus()!.GetDetail<RetryInfo>());
        }

        limit = int.MaxValue;
        Assert.Equal(expected, code);
        Assert.NotNull((await host.Client.ScoreAsync(Requests.Score("small", 4), cancellationToken: Cancellation)).Gradient);
    }

    [Fact]
    public async Task Stream_OwnTimeouts_EndTheirRequestsAlone()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory]);
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);
        gate.Close();
        await call.SendAsync(1, Requests.Score(DeviceGate.Kind));
        await gate.PassBegunAsync();
        await call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = 2, Request = Requests.Score(DeviceGate.Kind), TimeoutSeconds = 1e-6 }, Cancellation);
        await call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = 3, Request = Requests.Score(DeviceGate.Kind), TimeoutSeconds = -1 }, Cancellation);
        ScoreStreamResponse invalid = await call.ReadAsync();
        ScoreStreamResponse first = invalid.Id == 3 ? invalid : await call.ReadAsync();
        gate.Open();
        ScoreStreamResponse[] others = invalid.Id == 3 ? [await call.ReadAsync(), await call.ReadAsync()] : [invalid, await call.ReadAsync()];

        Assert.Equal((3ul, (int)Code.InvalidArgument), (first.Id, first.Status.Code));
        Assert.Equal((int)Code.DeadlineExceeded, others.Single(answer => answer.Id == 2).Status.Code);
        Assert.NotNull(others.Single(answer => answer.Id == 1).Response);
    }

    [Fact]
    public async Task Score_NetworkFails_IsInternalAndTheServerGoesOn()
    {
        bool isReady = false;
        TestFactory fragile = new("fragile", () => new TestDenoiser((noisy, sigmas) =>
            isReady && sigmas[0] == 13 ? throw new InvalidOperationException("The network must be whole, but is not.") : noisy * 0.5));
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([fragile]);
        isReady = true;
        ScoreRequest request = Requests.Score("fragile");
        request.Sigmas[0] = 13;

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(request, cancellationToken: Cancellation));
        request.Sigmas[0] = 12;
        ScoreResponse answer = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.NotNull(answer.Gradient);
    }

    private static AsyncUnaryCall<ScoreResponse> Score(ScoreServerHost host, int images) =>
        host.Client.ScoreAsync(Requests.Score(DeviceGate.Kind, images), cancellationToken: Cancellation);
}
