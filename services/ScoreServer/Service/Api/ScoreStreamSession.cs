using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Status = Google.Rpc.Status;

namespace Sjc.ScoreServer.Api;

/// <summary>One bidirectional stream: each request is answered once, with a response or a status, in the order in which they are done.</summary>
/// <param name="evaluator">Answers a request.</param>
/// <param name="maxInFlight">Requests that may wait for an answer; more are refused.</param>
/// <param name="deadline">Of the stream.</param>
/// <param name="logger">For failures that are the server's fault.</param>
internal sealed partial class ScoreStreamSession(ScoreEvaluator evaluator, int maxInFlight, DateTimeOffset deadline, ILogger<ScoreStreamSession> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentDictionary<ulong, CancellationTokenSource> _inFlight = [];
    private readonly Channel<ScoreStreamResponse> _answers = Channel.CreateBounded<ScoreStreamResponse>(
        new BoundedChannelOptions(maxInFlight) { SingleReader = true });

    /// <summary>Serves the stream until its client has no more requests, or the server stops; what was accepted is answered.</summary>
    /// <param name="requests">From the client.</param>
    /// <param name="responses">To the client.</param>
    /// <param name="stopping">Ends the reading of requests.</param>
    /// <param name="cancellationToken">Ends everything.</param>
    public async Task RunAsync(
        IAsyncStreamReader<ScoreStreamRequest> requests, IServerStreamWriter<ScoreStreamResponse> responses, CancellationToken stopping, CancellationToken cancellationToken)
    {
        Task writing = WriteAsync(responses, cancellationToken);
        List<Task> answering = [];
        using CancellationTokenSource reading = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        try
        {
            // A client that does not read its answers is not read from either.
            while (await requests.MoveNext(reading.Token) && await _answers.Writer.WaitToWriteAsync(CancellationToken.None))
            {
                answering.RemoveAll(task => task.IsCompleted);
                answering.Add(HandleAsync(requests.Current, cancellationToken));
            }
        }
        catch (Exception exception) when (stopping.IsCancellationRequested && exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            await Task.WhenAll(answering);
            _answers.Writer.TryComplete();
            await writing;
        }
    }

    /// <summary>Writes answers until there are no more; once the client is gone they are dropped, so that nobody waits to hand one in.</summary>
    private async Task WriteAsync(IServerStreamWriter<ScoreStreamResponse> responses, CancellationToken cancellationToken)
    {
        bool isGone = false;
        await foreach (ScoreStreamResponse answer in _answers.Reader.ReadAllAsync(CancellationToken.None))
        {
            if (isGone || cancellationToken.IsCancellationRequested)
            {
                continue;
            }

            try
            {
                await responses.WriteAsync(answer, cancellationToken);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidOperationException or RpcException)
            {
                LogClientGone(answer.Id, exception.Message);
                isGone = true;
            }
        }
    }

    private Task HandleAsync(ScoreStreamRequest message, CancellationToken cancellationToken)
    {
        switch (message.ActionCase)
        {
            case ScoreStreamRequest.ActionOneofCase.Cancel:
                return _inFlight.TryGetValue(message.Id, out CancellationTokenSource? source) ? CancelAsync(source) : Task.CompletedTask;
            case ScoreStreamRequest.ActionOneofCase.Request:
                return StartAsync(message.Id, message.Request, cancellationToken);
            default:
                return AnswerAsync(message.Id, RpcErrors.InvalidArgument([new FieldViolation("action", "action must be request or cancel, but is missing.")]));
        }
    }

    private static async Task CancelAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The request was answered in the meantime.
        }
    }

    private async Task StartAsync(ulong id, ScoreRequest request, CancellationToken cancellationToken)
    {
        if (_inFlight.Count >= maxInFlight)
        {
            await AnswerAsync(id, RpcErrors.ResourceExhausted($"A stream must have at most {maxInFlight} requests in flight, but has more.", RetryDelay));
            return;
        }

        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!_inFlight.TryAdd(id, cancel))
        {
            await AnswerAsync(id, RpcErrors.InvalidArgument([new FieldViolation("id", $"id must be unique among the requests in flight, but is {id} again.")]));
            return;
        }

        ScoreStreamResponse answer = new() { Id = id };
        try
        {
            answer.Response = await evaluator.EvaluateAsync(request, this, deadline, cancel.Token);
        }
#pragma warning disable CA1031 // Becomes the answer's status; the stream goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            answer.Status = StatusOf(exception, id).ToScoreStatus();
        }

        _inFlight.TryRemove(id, out _);
        await _answers.Writer.WriteAsync(answer, CancellationToken.None);
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

    private async Task AnswerAsync(ulong id, Status status) =>
        await _answers.Writer.WriteAsync(new ScoreStreamResponse { Id = id, Status = status.ToScoreStatus() }, CancellationToken.None);

    [LoggerMessage(EventId = 311, Level = LogLevel.Debug, Message = "The client of a stream left before the answer to {Id}: {Reason}")]
    private partial void LogClientGone(ulong id, string reason);

    [LoggerMessage(EventId = 310, Level = LogLevel.Error, Message = "Request {Id} of a stream failed.")]
    private partial void LogFailed(Exception exception, ulong id);
}
