using System.Collections.Concurrent;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Services.Tests.FieldOptimizer.Jobs;

namespace Sjc.Services.Tests.FieldOptimizer.Scoring;

/// <summary>What a fake scorer does with the requests that reach it.</summary>
internal sealed class FakeScorerBehavior
{
    private int requests;

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>The scorer's one model.</summary>
    public Model Model { get; set; } = TestRecords.PixelModel();

    /// <summary>Decodes latents; null: the model has no autoencoder.</summary>
    public Func<DecodeLatentsRequest, DecodeLatentsResponse>? Decode { get; set; }

    /// <summary>The last request for a score.</summary>
    public ScoreRequest? LastRequest { get; set; }

    /// <summary>The traces that requests for scores named.</summary>
    public ConcurrentQueue<string> Traceparents { get; } = new();

    /// <summary>Ids of requests that their sender cancelled.</summary>
    public ConcurrentQueue<ulong> Cancelled { get; } = new();

    /// <summary>Status for the n-th request, from 1; null or a null result: it is answered.</summary>
    public Func<int, ScoreRequest, Google.Rpc.Status?>? Refuse { get; set; }

    /// <summary>Ends the whole stream with a status at the n-th request.</summary>
    public Func<int, Grpc.Core.Status?>? Break { get; set; }

    /// <summary>Answers wait for it; null: they come at once.</summary>
    public Func<int, Task>? Hold { get; set; }

    /// <summary>Requests that are never answered; null: none.</summary>
    public Func<ScoreRequest, bool>? HoldRequest { get; set; }

    /// <summary>What the health service says; null: there is none.</summary>
    public HealthCheckResponse.Types.ServingStatus? Health { get; set; }

    /// <summary>Ends when somebody was told of the health.</summary>
    public TaskCompletionSource HealthTold { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count() => Interlocked.Increment(ref requests);
}

/// <summary>A scorer of <see cref="TwoPictures"/>, whose failures tests choose.</summary>
internal sealed class FakeScoreService(FakeScorerBehavior behavior) : ScoreService.ScoreServiceBase
{
    /// <summary>A prompt with this word is refused.</summary>
    public const string UnknownWord = "unicorn";

    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListModelsResponse { Models = { behavior.Model } });

    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context) =>
        request.Name == behavior.Model.Name
            ? Task.FromResult(new GetModelResponse { Model = behavior.Model })
            : throw RpcErrors.NotFound("MODEL_UNKNOWN", $"There is no model {request.Name}.").ToRpcException();

    public override Task<EncodePromptsResponse> EncodePrompts(EncodePromptsRequest request, ServerCallContext context) =>
        request.Prompts.FirstOrDefault(prompt => prompt.Contains(UnknownWord, StringComparison.Ordinal)) is { } unknown
            ? throw new RpcException(new Grpc.Core.Status(StatusCode.InvalidArgument, $"prompts[0] must name dots, but is '{unknown}'."))
            : Task.FromResult(new EncodePromptsResponse { Prompts = { request.Prompts.Select(prompt => new EncodedPrompt { Handle = prompt }) } });

    public override Task<DecodeLatentsResponse> DecodeLatents(DecodeLatentsRequest request, ServerCallContext context) =>
        Task.FromResult(behavior.Decode?.Invoke(request) ?? throw RpcErrors.FailedPrecondition("NO_AUTOENCODER", "There is no autoencoder.").ToRpcException());

    public override async Task ScoreStream(
        IAsyncStreamReader<ScoreStreamRequest> requestStream, IServerStreamWriter<ScoreStreamResponse> responseStream, ServerCallContext context)
    {
        using SemaphoreSlim writing = new(1);
        List<Task> answers = [];
        try
        {
            await foreach (ScoreStreamRequest message in requestStream.ReadAllAsync(context.CancellationToken))
            {
                if (message.ActionCase == ScoreStreamRequest.ActionOneofCase.Cancel)
                {
                    behavior.Cancelled.Enqueue(message.Id);
                    continue;
                }

                int number = behavior.Count();
                behavior.LastRequest = message.Request;
                behavior.Traceparents.Enqueue(message.Traceparent);
                if (behavior.Break?.Invoke(number) is { } broken)
                {
                    throw new RpcException(broken);
                }

                answers.Add(AnswerAsync(message, number, responseStream, writing, context.CancellationToken));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client is gone.
        }

        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(
        ScoreStreamRequest message, int number, IServerStreamWriter<ScoreStreamResponse> responses, SemaphoreSlim writing, CancellationToken cancellationToken)
    {
        try
        {
            if (behavior.HoldRequest?.Invoke(message.Request) ?? false)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            await (behavior.Hold?.Invoke(number) ?? Task.CompletedTask).WaitAsync(cancellationToken);
            ScoreStreamResponse response = behavior.Refuse?.Invoke(number, message.Request) is { } status
                ? new ScoreStreamResponse { Id = message.Id, Status = status.ToScoreStatus() }
                : new ScoreStreamResponse { Id = message.Id, Response = TwoPictures.Score(message.Request) };
            await writing.WaitAsync(cancellationToken);
            try
            {
                await responses.WriteAsync(response, cancellationToken);
            }
            finally
            {
                writing.Release();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            // The stream ended before the answer.
        }
    }
}
