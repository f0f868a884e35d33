using Grpc.Core;
using Sjc.Client.Scoring;
using Sjc.Contracts.Score.V1;

namespace Sjc.Services.Tests.Clients.Scoring;

public sealed class ScoreStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>As a proxy's REFUSED_STREAM does: writing fails, and reading waits for ever.</summary>
    [Fact]
    public async Task ScoreAsync_TransportCannotWrite_TheStreamEndsForAllItsRequests()
    {
        TaskCompletionSource disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        BreakingWriter writer = new();
        AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call = new(
            writer, new SilentReader(disposed.Task), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => disposed.TrySetResult());
        ScoreStream stream = new(call, TimeSpan.FromMinutes(1));
        Task<ScoreResponse> first = stream.ScoreAsync(new ScoreRequest(), Token);
        Assert.True(stream.IsOpen);

        writer.IsBroken = true;

        RpcException failure = await Assert.ThrowsAsync<RpcException>(() => stream.ScoreAsync(new ScoreRequest(), Token));
        Assert.Equal((StatusCode.Unavailable, "The request was aborted."), (failure.StatusCode, failure.Status.Detail));
        await Assert.ThrowsAsync<RpcException>(() => first);
        Assert.False(stream.IsOpen);
        await stream.DisposeAsync();
    }

    private sealed class BreakingWriter : IClientStreamWriter<ScoreStreamRequest>
    {
        public bool IsBroken { get; set; }

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(ScoreStreamRequest message) => IsBroken ? Task.FromException(new HttpRequestException("The request was aborted.")) : Task.CompletedTask;

        public Task CompleteAsync() => Task.CompletedTask;
    }

    private sealed class SilentReader(Task disposed) : IAsyncStreamReader<ScoreStreamResponse>
    {
        public ScoreStreamResponse Current => throw new InvalidOperationException("There is none.");

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            await disposed.WaitAsync(cancellationToken);
            throw new RpcException(new Status(StatusCode.Cancelled, "The call was disposed."));
        }
    }
}
