using System.Collections.Concurrent;
using Grpc.Core;
using Sjc.Client.Tracing;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;

namespace Sjc.Client.Scoring;

/// <summary>One open stream of scores, shared by all callers: requests carry ids, and answers may overtake each other.</summary>
internal sealed class ScoreStream : IAsyncDisposable
{
    private readonly AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call;
    private readonly TimeSpan answerTimeout;
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<ScoreResponse>> pending = [];
    private readonly SemaphoreSlim writing = new(1);
    private readonly Task reading;
    private volatile RpcException? fault;
    private ulong lastId;

    /// <param name="call">The open call.</param>
    /// <param name="answerTimeout">After so long an answer is of no use; the scorer refuses what it cannot answer by then.</param>
    public ScoreStream(AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call, TimeSpan answerTimeout)
    {
        this.call = call;
        this.answerTimeout = answerTimeout;
        reading = ReadAsync();
    }

    /// <summary>Whether requests can still be sent.</summary>
    public bool IsOpen => fault is null;

    /// <summary>Asks for one answer.</summary>
    /// <exception cref="RpcException">The scorer refused the request, or the stream broke.</exception>
    public async Task<ScoreResponse> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        ulong id = Interlocked.Increment(ref lastId);
        TaskCompletionSource<ScoreResponse> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pending[id] = answer;
        try
        {
            ScoreStreamRequest message = new() { Id = id, Request = request, TimeoutSeconds = answerTimeout.TotalSeconds };
            ClientTraces.Stamp(message);
            await SendAsync(message, cancellationToken);

            // The reader fails all pending answers after it set the fault; one that came later is failed here.
            if (fault is { } broken)
            {
                throw broken;
            }

            return await answer.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await TryCancelAsync(id);
            throw;
        }
        finally
        {
            pending.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        call.Dispose();
        await reading;
        writing.Dispose();
    }

    private async Task SendAsync(ScoreStreamRequest message, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            // Cancelling a write would end the whole stream, and with it the requests of other callers.
            await call.RequestStream.WriteAsync(message, CancellationToken.None);
        }
        catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or IOException)
        {
            // A stream that cannot be written to may never end for its reader, as where the server refuses it: all its requests are asked on another one.
            fault ??= Broken(exception.Message);
            call.Dispose();
            throw fault;
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Tells the scorer that nobody waits any more; a broken stream tells it as well.</summary>
    private async Task TryCancelAsync(ulong id)
    {
        if (!IsOpen)
        {
            return;
        }

        try
        {
            await SendAsync(new ScoreStreamRequest { Id = id, Cancel = new CancelScore() }, CancellationToken.None);
        }
        catch (Exception exception) when (exception is RpcException or ObjectDisposedException)
        {
            fault ??= Broken(exception.Message);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (ScoreStreamResponse message in call.ResponseStream.ReadAllAsync())
            {
                Answer(message);
            }

            fault = Broken("The scorer ended the stream.");
        }
        catch (RpcException exception)
        {
            fault = exception;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            fault = Broken(exception.Message);
        }

        foreach (TaskCompletionSource<ScoreResponse> answer in pending.Values)
        {
            answer.TrySetException(fault);
        }
    }

    private void Answer(ScoreStreamResponse message)
    {
        if (!pending.TryGetValue(message.Id, out TaskCompletionSource<ScoreResponse>? answer))
        {
            return;
        }

        if (message.ResultCase == ScoreStreamResponse.ResultOneofCase.Response)
        {
            answer.TrySetResult(message.Response);
        }
        else
        {
            answer.TrySetException((message.Status ?? new ScoreStatus { Code = (int)StatusCode.Internal, Message = "The answer holds neither a response nor a status." }).ToRpcStatus().ToRpcException());
        }
    }

    private static RpcException Broken(string reason) => new(new Status(StatusCode.Unavailable, reason));
}
