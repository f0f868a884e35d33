using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Diffusion.Scoring;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Security;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Api;

/// <summary>Answers one score request, for the unary call and for streams alike.</summary>
internal sealed class ScoreEvaluator(
    ModelResolver models, ScoreRequestReader reader, Batcher batcher, BatchClock clock, EncodedScoring encoded, Admission admission, Drain drain, ScoreServerMetrics metrics)
{
    private static readonly TimeSpan MemoryRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Checks the request, has its rows evaluated, and combines them.</summary>
    /// <param name="request">From the wire.</param>
    /// <param name="caller">Whose turn it takes in the queue.</param>
    /// <param name="call">"unary" or "stream", for the metrics.</param>
    /// <param name="deadline">When nobody waits any more, on the queues' clock.</param>
    /// <param name="trace">The span that asks, where the request names one of its own; default: the call's.</param>
    /// <param name="cancellationToken">Takes the request out of the queue.</param>
    /// <exception cref="InvalidRequestException">The request breaks the contract.</exception>
    /// <exception cref="RpcException">NOT_FOUND: a handle is unknown; RESOURCE_EXHAUSTED: a queue is full; DEADLINE_EXCEEDED: it cannot be done in
    /// time; UNAVAILABLE: the server stops, or the device lacks memory.</exception>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    public async Task<ScoreResponse> EvaluateAsync(
        ScoreRequest request, Caller caller, string call, TimeSpan deadline, ActivityContext trace, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using Activity? span = ScoreServerTraces.StartScore(trace);
        try
        {
            ScoreResponse response = await AnswerAsync(request, caller, deadline, cancellationToken);
            metrics.Answer(call, nameof(Code.Ok), Stopwatch.GetElapsedTime(start));
            return response;
        }
        catch (Exception exception)
        {
            // A call whose deadline passes is cancelled by the server's own hand.
            string code = exception is OperationCanceledException && clock.Now >= deadline ? nameof(Code.DeadlineExceeded) : ((Code)RpcErrors.FromException(exception).Code).ToString();
            span?.SetStatus(ActivityStatusCode.Error, code);
            metrics.Answer(call, code, Stopwatch.GetElapsedTime(start));
            throw;
        }
    }

    private async Task<ScoreResponse> AnswerAsync(ScoreRequest request, Caller caller, TimeSpan deadline, CancellationToken cancellationToken)
    {
        admission.Enter(caller);
        using ModelUse use = await models.ResolveAsync(request.Model, cancellationToken);
        LoadedModel model = use.Model;
        return request.EncodeImages
            ? await encoded.ScoreAsync(request, model, latents => ScoreAsync(latents, model, caller, deadline, cancellationToken), cancellationToken)
            : await ScoreAsync(request, model, caller, deadline, cancellationToken);
    }

    private async Task<ScoreResponse> ScoreAsync(ScoreRequest request, LoadedModel model, Caller caller, TimeSpan deadline, CancellationToken cancellationToken)
    {
        admission.RequireAnyRoom(model, caller);
        ScoreQuery query = reader.Read(request, model);
        admission.RequireRoom(model, ScoreRows.RowCount(query), caller);
        IReadOnlyList<int>? passSizes = request.Deterministic ? await batcher.PassSizesAsync(model) : null;
        DenoiseWork work = DenoiseWork.Of(query, caller.Tenant, model, passSizes, caller.Priority, deadline);
        admission.Enqueue(work, caller, cancellationToken);
        drain.CountAccepted();
        try
        {
            await work.Completion;
        }
        catch (DeviceExhaustedException exception)
        {
            throw RpcErrors.Unavailable(exception.Message, MemoryRetryDelay).ToRpcException();
        }
        finally
        {
            drain.CountAnswered();
        }

        metrics.Wait(model.Name, work.QueueTime);
        return ScoreMapping.ToResponse(request, query, ScoreRows.Combine(query, work.Values), work);
    }
}
