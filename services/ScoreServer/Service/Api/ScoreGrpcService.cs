using Grpc.Core;
using Microsoft.Extensions.Options;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Diffusion;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Security;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Api;

/// <summary>The RPCs; each only finds its model, reads its request and answers.</summary>
internal sealed class ScoreGrpcService(
    ModelCatalogue catalogue,
    ModelResolver models,
    ScoreEvaluator evaluator,
    ConditionReader conditions,
    SampleRequestReader sampleReader,
    SampleRunner samples,
    SampleSlots sampleSlots,
    LatentCoding coding,
    Admission admission,
    IOptions<ApiOptions> options,
    BatchClock clock,
    TimeProvider time,
    Drain drain,
    ScoreServerMetrics metrics,
    ILogger<ScoreStreamSession> sessionLogger) : ScoreService.ScoreServiceBase
{
    /// <inheritdoc/>
    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListModelsResponse { Models = { catalogue.Models.Select(model => model.ToModel(options.Value)) } });

    /// <inheritdoc/>
    public override async Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        using ModelUse use = await models.GetAsync(request.Name, context.CancellationToken);
        return new GetModelResponse { Model = use.Model.ToModel(options.Value) };
    }

    /// <inheritdoc/>
    public override Task<ScoreResponse> Score(ScoreRequest request, ServerCallContext context) =>
        evaluator.EvaluateAsync(request, Caller.Of(context), "unary", clock.Of(context.Deadline), trace: default, context.CancellationToken);

    /// <inheritdoc/>
    public override async Task ScoreStream(
        IAsyncStreamReader<ScoreStreamRequest> requestStream, IServerStreamWriter<ScoreStreamResponse> responseStream, ServerCallContext context)
    {
        using ScoreStreamSession session = new(evaluator, options.Value, Caller.Of(context), clock, time, clock.Of(context.Deadline), sessionLogger);
        metrics.CountStream(1);
        try
        {
            await session.RunAsync(requestStream, responseStream, context.GetHttpContext().Abort, drain.Token, context.CancellationToken);
        }
        finally
        {
            metrics.CountStream(-1);
        }
    }

    /// <inheritdoc/>
    public override async Task<EncodePromptsResponse> EncodePrompts(EncodePromptsRequest request, ServerCallContext context)
    {
        admission.Enter(Caller.Of(context));
        using ModelUse use = await models.ResolveAsync(request.Model, context.CancellationToken);
        FieldViolations violations = new();
        EncodePromptsResponse response = new();
        if (violations.Require(request.Prompts.Count <= options.Value.MaxPromptsPerRequest, "prompts", $"have at most {options.Value.MaxPromptsPerRequest} entries", $"{request.Prompts.Count} long"))
        {
            for (int i = 0; i < request.Prompts.Count; i++)
            {
                if (conditions.Encode(use.Model, request.Prompts[i], $"prompts[{i}]", violations) is (string handle, PromptEncoding encoding))
                {
                    response.Prompts.Add(new EncodedPrompt { Handle = handle, TokenCount = (uint)encoding.TokenCount, UnknownWords = { encoding.UnknownWords } });
                }
            }
        }

        violations.ThrowIfAny();
        return response;
    }

    /// <inheritdoc/>
    public override async Task<EncodeImagesResponse> EncodeImages(EncodeImagesRequest request, ServerCallContext context)
    {
        admission.Enter(Caller.Of(context));
        using ModelUse use = await models.ResolveAsync(request.Model, context.CancellationToken);
        return new EncodeImagesResponse { Latents = await coding.EncodeAsync(use.Model, request.Images, context.CancellationToken) };
    }

    /// <inheritdoc/>
    public override async Task<DecodeLatentsResponse> DecodeLatents(DecodeLatentsRequest request, ServerCallContext context)
    {
        admission.Enter(Caller.Of(context));
        using ModelUse use = await models.ResolveAsync(request.Model, context.CancellationToken);
        return new DecodeLatentsResponse { Images = await coding.DecodeAsync(use.Model, request.Latents, context.CancellationToken) };
    }

    /// <inheritdoc/>
    public override async Task Sample(SampleRequest request, IServerStreamWriter<SampleResponse> responseStream, ServerCallContext context)
    {
        Caller caller = Caller.Of(context);
        admission.Enter(caller);
        using ModelUse use = await models.ResolveAsync(request.Model, context.CancellationToken);
        SamplePlan plan = sampleReader.Read(request, use.Model);
        using IDisposable slot = sampleSlots.Take();
        await foreach (SampleResponse message in samples.RunAsync(plan, caller, context.CancellationToken))
        {
            await responseStream.WriteAsync(message, context.CancellationToken);
        }
    }
}
