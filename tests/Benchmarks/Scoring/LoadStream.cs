using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Sjc.Contracts.Score.V1;

namespace Sjc.Benchmarks.Scoring;

/// <summary>One client: a connection and a stream of its own.</summary>
internal sealed class LoadStream : IAsyncDisposable
{
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> _call;
    private readonly ConcurrentDictionary<ulong, (TaskCompletionSource<LoadAnswer> Answer, long Start)> _pending = [];
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private ulong _lastId;

    public LoadStream(Uri address)
    {
        _channel = GrpcChannel.ForAddress(address);
        _call = new ScoreService.ScoreServiceClient(_channel).ScoreStream();
        _reading = ReadAsync();
    }

    /// <summary>Requests without an answer.</summary>
    public int InFlight => _pending.Count;

    /// <summary>Sends a request.</summary>
    /// <returns>Ends with its answer.</returns>
    public async Task<Task<LoadAnswer>> SendAsync(ScoreRequest request)
    {
        ulong id = Interlocked.Increment(ref _lastId);
        TaskCompletionSource<LoadAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = (answer, Stopwatch.GetTimestamp());
        await _writing.WaitAsync();
        try
        {
            await _call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = id, Request = request });
        }
        finally
        {
            _writing.Release();
        }

        return answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _reading;
        _channel.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (ScoreStreamResponse message in _call.ResponseStream.ReadAllAsync())
            {
                if (_pending.TryRemove(message.Id, out (TaskCompletionSource<LoadAnswer> Answer, long Start) pending))
                {
                    pending.Answer.TrySetResult(new LoadAnswer(message.Response?.Timing, message.Status?.Message, pending.Start, Stopwatch.GetElapsedTime(pending.Start)));
                }
            }
        }
        catch (RpcException exception)
        {
            foreach ((TaskCompletionSource<LoadAnswer> answer, _) in _pending.Values)
            {
                answer.TrySetException(exception);
            }
        }
    }
}
