using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Diffusion.Scoring;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Api;

/// <summary>Answers one score request, for the unary call and for streams alike.</summary>
internal sealed class ScoreEvaluator(ModelResolver models, ScoreRequestReader reader, Batcher batcher, EncodedScoring encoded)
{
    /// <summary>Checks the request, has its rows evaluated, and combines them.</summary>
    /// <param name="request">From the wire.</param>
    /// <param name="client">Whose turn it takes in the queue.</param>
    /// <param name="deadline">When nobody waits any more.</param>
    /// <param name="cancellationToken">Takes the request out of the queue.</param>
    /// <exception cref="InvalidRequestException">The request breaks the contract.</exception>
    /// <exception cref="RpcException">NOT_FOUND: a handle is unknown; RESOURCE_EXHAUSTED: the queue is full.</exception>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    public async Task<ScoreResponse> EvaluateAsync(ScoreRequest request, object client, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        LoadedModel model = await models.ResolveAsync(request.Model, cancellationToken);
        if (request.EncodeImages)
        {
            return await encoded.ScoreAsync(request, model, latents => EvaluateAsync(latents, client, deadline, cancellationToken), cancellationToken);
        }

        ScoreQuery query = reader.Read(request, model);
        DenoiseWork work = DenoiseWork.Of(query, client, model, request.Deterministic, deadline);
        batcher.Enqueue(work, cancellationToken);
        await work.Completion;
        return ScoreMapping.ToResponse(request, query, ScoreRows.Combine(query, work.Values), work);
    }
}
