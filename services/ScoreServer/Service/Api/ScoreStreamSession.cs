using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Security;
using Sjc.ScoreServer.Telemetry;
using Status = Google.Rpc.Status;

namespace Sjc.ScoreServer.Api;

/// <summary>One bidirectional stream: each request is answered once, with a response or a status, in the order in which they are done.</summary>
/// <remarks>Each message takes a slot, from the moment that it is begun until its answer is written. Without a free slot the stream is not
/// read, so that HTTP/2's flow control holds its client back, whether the device or the client is slow.</remarks>
/// <param name="evaluator">Answers a request.</param>
/// <param name="options">Bounds.</param>
/// <param name="caller">Whose stream it is.</param>
/// <param name="clock">For the requests' own deadlines.</param>
/// <param name="time">For timeouts.</param>
/// <param name="deadline">Of the stream, on <paramref name="clock"/>.</param>
/// <param name="logger">For failures that are the server's fault.</param>
internal sealed partial class ScoreStreamSession(
    ScoreEvaluator evaluator, ApiOptions options, Caller caller, BatchClock clock, TimeProvider time, TimeSpan deadline, ILogger<ScoreStreamSession> logger) : IDisposable
{
    /// <summary>A stopping server ends a stream that is quiet for so long: a client that sends while its connection closes may lose answers.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest that a stopping server reads, to refuse what it reads.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<ulong, CancellationTokenSource> _inFlight = [];
    private readonly SemaphoreSlim _slots = new(options.MaxInFlightPerStream);

    /// <summary>Whoever hands an answer in writes it, too, unless another one is being written: no thread need wake for it.</summary>
    private readonly Channel<ScoreStreamResponse> _answers =
        Channel.CreateUnbounded<ScoreStreamResponse>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private long _lastActivity = time.GetTimestamp();

    /// <summary>Serves the stream until its client has no more requests, or the server stops; what was accepted is answered.</summary>
    /// <param name="requests">From the client.</param>
    /// <param name="responses">To the client.</param>
    /// <param name="abort">Cuts the client off.</param>
    /// <param name="stopping">The server stops: what is read from then on is refused, and a quiet stream ends.</param>
    /// <param name="cancellationToken">Ends everything.</param>
    /// <exception cref="RpcException">UNAVAILABLE, once all is answered: the server stops, or nothing happened on the stream for long.</exception>
    public async Task RunAsync(
        IAsyncStreamReader<ScoreStreamRequest> requests, IServerStreamWriter<ScoreStreamResponse> responses, Action abort, CancellationToken stopping, CancellationToken cancellationToken)
    {
        Task writing = WriteAsync(responses, abort, cancellationToken);
        List<Task> answering = [];
        using CancellationTokenSource end = new();
        using CancellationTokenSource reading = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        await using ITimer watch = time.CreateTimer(_ => EndIfIdle(end, options.IdleStreamTimeout), null, options.IdleStreamTimeout, options.IdleStreamTimeout / 4);
        await using ITimer farewell = time.CreateTimer(_ => EndIfIdle(end, Quiet), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using ITimer last = time.CreateTimer(_ => End(end), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using CancellationTokenRegistration stop = stopping.UnsafeRegister(
            _ =>
            {
                farewell.Change(Quiet, Quiet / 2);
                last.Change(LongestFarewell, Timeout.InfiniteTimeSpan);
            },
            null);
        try
        {
            await ReadAsync(requests, answering, reading.Token, cancellationToken);
        }
        catch (Exception exception) when (IsEndOfReading(exception, reading.Token))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            await Task.WhenAll(answering);
            _answers.Writer.TryComplete();
            await writing;
        }

        if (stopping.IsCancellationRequested)
        {
            throw Drain.Refusal();
        }

        if (end.IsCancellationRequested)
        {
            throw RpcErrors.Unavailable($"A stream must be used within {options.IdleStreamTimeout}, but was not; open another one.", TimeSpan.Zero).ToRpcException();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    /// <summary>Begins the answers of all that comes, until there is no more.</summary>
    private async Task ReadAsync(IAsyncStreamReader<ScoreStreamRequest> requests, List<Task> answering, CancellationToken reading, CancellationToken cancellationToken)
    {
        while (await requests.MoveNext(reading))
        {
            Touch();
            ScoreStreamRequest message = requests.Current;
            if (message.ActionCase == ScoreStreamRequest.ActionOneofCase.Cancel)
            {
                await CancelAsync(message.Id);
                continue;
            }

            await _slots.WaitAsync(cancellationToken);
            answering.RemoveAll(task => task.IsCompleted);
            answering.Add(HandleAsync(message, cancellationToken));
        }
    }

    private static bool IsEndOfReading(Exception exception, CancellationToken reading) =>
        reading.IsCancellationRequested && exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled };

    private void Touch() => Volatile.Write(ref _lastActivity, time.GetTimestamp());

    private void EndIfIdle(CancellationTokenSource end, TimeSpan idle)
    {
        if (_slots.CurrentCount == options.MaxInFlightPerStream && time.GetElapsedTime(Volatile.Read(ref _lastActivity)) >= idle)
        {
            End(end);
        }
    }

    private static void End(CancellationTokenSource end)
    {
        try
        {
            end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended in the meantime.
        }
    }

    /// <summary>Writes answers until there are no more; once the client is gone they are dropped, so that nobody waits to hand one in.</summary>
    private async Task WriteAsync(IServerStreamWriter<ScoreStreamResponse> responses, Action abort, CancellationToken cancellationToken)
    {
        bool isGone = false;
        await foreach (ScoreStreamResponse answer in _answers.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                if (!isGone && !cancellationToken.IsCancellationRequested)
                {
                    await responses.WriteAsync(answer, cancellationToken).WaitAsync(options.WriteTimeout, time, cancellationToken);
                    Touch();
                }
            }
            catch (TimeoutException)
            {
                LogNotReading(answer.Id, options.WriteTimeout.TotalSeconds);
                isGone = true;
                abort();
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidOperationException or RpcException)
            {
                LogClientGone(answer.Id, exception.Message);
                isGone = true;
            }
            finally
            {
                _slots.Release();
            }
        }
    }

    private Task HandleAsync(ScoreStreamRequest message, CancellationToken cancellationToken)
    {
        if (message.ActionCase == ScoreStreamRequest.ActionOneofCase.Request)
        {
            return StartAsync(message, cancellationToken);
        }

        Answer(message.Id, RpcErrors.InvalidArgument([new FieldViolation("action", "action must be request or cancel, but is missing.")]));
        return Task.CompletedTask;
    }

    private async Task CancelAsync(ulong id)
    {
        try
        {
            await (_inFlight.TryGetValue(id, out CancellationTokenSource? source) ? source.CancelAsync() : Task.CompletedTask);
        }
        catch (ObjectDisposedException)
        {
            // The request was answered in the meantime.
        }
    }

    private async Task StartAsync(ScoreStreamRequest message, CancellationToken cancellationToken)
    {
        ulong id = message.Id;
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!_inFlight.TryAdd(id, cancel))
        {
            Answer(id, RpcErrors.InvalidArgument([new FieldViolation("id", $"id must be unique among the requests in flight, but is {id} again.")]));
            return;
        }

        ScoreStreamResponse answer = new() { Id = id };
        try
        {
            answer.Response = await evaluator.EvaluateAsync(message.Request, caller, "stream", DeadlineOf(message), CallerTrace.Of(message), cancel.Token);
        }
#pragma warning disable CA1031 // Becomes the answer's status; the stream goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            answer.Status = StatusOf(exception, id).ToScoreStatus();
        }

        _inFlight.TryRemove(id, out _);
        _answers.Writer.TryWrite(answer);
    }

    private TimeSpan DeadlineOf(ScoreStreamRequest message)
    {
        if (!message.HasTimeoutSeconds)
        {
            return deadline;
        }

        if (message.TimeoutSeconds is not (> 0 and <= 86_400))
        {
            throw new InvalidRequestException("timeout_seconds", "be in (0, 86400]", message.TimeoutSeconds.ToString("R"));
        }

        TimeSpan own = clock.Now + TimeSpan.FromSeconds(message.TimeoutSeconds);
        return own < deadline ? own : deadline;
    }

    private Status StatusOf(Exception exception, ulong id)
    {
        Status status = RpcErrors.FromException(exception);
        if (status.Code == (int)Code.Internal)
        {
            LogFailed(exception, id);
        }

        return status;
    }

    private void Answer(ulong id, Status status) => _answers.Writer.TryWrite(new ScoreStreamResponse { Id = id, Status = status.ToScoreStatus() });

    [LoggerMessage(EventId = 310, Level = LogLevel.Error, Message = "Request {Id} of a stream failed.")]
    private partial void LogFailed(Exception exception, ulong id);

    [LoggerMessage(EventId = 311, Level = LogLevel.Debug, Message = "The client of a stream left before the answer to {Id}: {Reason}")]
    private partial void LogClientGone(ulong id, string reason);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning, Message = "A stream is cut off: its client did not read the answer to {Id} for {Seconds} s.")]
    private partial void LogNotReading(ulong id, double seconds);
}
