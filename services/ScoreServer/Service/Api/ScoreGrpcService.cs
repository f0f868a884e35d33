using Grpc.Core;
using Microsoft.Extensions.Options;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Diffusion;
using Sjc.ScoreServer.Models;

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
    IOptions<ApiOptions> options,
    IHostApplicationLifetime lifetime,
    ILogger<ScoreStreamSession> sessionLogger) : ScoreService.ScoreServiceBase
{
    /// <inheritdoc/>
    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListModelsResponse { Models = { catalogue.Models.Select(model => model.ToModel(options.Value)) } });

    /// <inheritdoc/>
    public override async Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context) =>
        new() { Model = (await models.GetAsync(request.Name, context.CancellationToken)).ToModel(options.Value) };

    /// <inheritdoc/>
    public override Task<ScoreResponse> Score(ScoreRequest request, ServerCallContext context) =>
        evaluator.EvaluateAsync(request, context.GetHttpContext().Connection.Id, DeadlineOf(context), context.CancellationToken);

    /// <inheritdoc/>
    public override Task ScoreStream(
        IAsyncStreamReader<ScoreStreamRequest> requestStream, IServerStreamWriter<ScoreStreamResponse> responseStream, ServerCallContext context)
    {
        ScoreStreamSession session = new(evaluator, options.Value.MaxInFlightPerStream, DeadlineOf(context), sessionLogger);
        return session.RunAsync(requestStream, responseStream, lifetime.ApplicationStopping, context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<EncodePromptsResponse> EncodePrompts(EncodePromptsRequest request, ServerCallContext context)
    {
        LoadedModel model = await models.ResolveAsync(request.Model, context.CancellationToken);
        FieldViolations violations = new();
        EncodePromptsResponse response = new();
        if (violations.Require(request.Prompts.Count <= options.Value.MaxPromptsPerRequest, "prompts", $"have at most {options.Value.MaxPromptsPerRequest} entries", $"{request.Prompts.Count} long"))
        {
            for (int i = 0; i < request.Prompts.Count; i++)
            {
                if (conditions.Encode(model, request.Prompts[i], $"prompts[{i}]", violations) is (string handle, PromptEncoding encoding))
                {
                    response.Prompts.Add(new EncodedPrompt { Handle = handle, TokenCount = (uint)encoding.TokenCount, UnknownWords = { encoding.UnknownWords } });
                }
            }
        }

        violations.ThrowIfAny();
        return response;
    }

    /// <inheritdoc/>
    public override async Task<EncodeImagesResponse> EncodeImages(EncodeImagesRequest request, ServerCallContext context) =>
        new() { Latents = await coding.EncodeAsync(await models.ResolveAsync(request.Model, context.CancellationToken), request.Images, context.CancellationToken) };

    /// <inheritdoc/>
    public override async Task<DecodeLatentsResponse> DecodeLatents(DecodeLatentsRequest request, ServerCallContext context) =>
        new() { Images = await coding.DecodeAsync(await models.ResolveAsync(request.Model, context.CancellationToken), request.Latents, context.CancellationToken) };

    /// <inheritdoc/>
    public override async Task Sample(SampleRequest request, IServerStreamWriter<SampleResponse> responseStream, ServerCallContext context)
    {
        LoadedModel model = await models.ResolveAsync(request.Model, context.CancellationToken);
        SamplePlan plan = sampleReader.Read(request, model);
        using IDisposable slot = sampleSlots.Take();
        await foreach (SampleResponse message in samples.RunAsync(plan, context.CancellationToken))
        {
            await responseStream.WriteAsync(message, context.CancellationToken);
        }
    }

    private static DateTimeOffset DeadlineOf(ServerCallContext context) =>
        context.Deadline == DateTime.MaxValue ? DateTimeOffset.MaxValue : new DateTimeOffset(context.Deadline.ToUniversalTime());
}
