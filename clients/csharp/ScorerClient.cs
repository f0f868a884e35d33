using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sjc.Client.Endpoints;
using Sjc.Client.Resilience;
using Sjc.Client.Scoring;
using Sjc.Contracts.Score.V1;

namespace Sjc.Client;

/// <summary>A scorer, or several that hold the same models, behind calls that outlive their restarts.</summary>
/// <remarks>A request goes to the available endpoint that has the fewest rows to work on, over one stream for each endpoint. It is sent again, elsewhere or on a
/// new stream, until it is answered, refused for good or given up. Repeating is harmless: answers are a pure function of the request.</remarks>
public sealed class ScorerClient : IAsyncDisposable
{
    private const string RpcService = "sjc.score.v1.ScoreService";
    private readonly ServiceClientOptions options;
    private readonly ResilientCalls calls;
    private readonly MessageLimits limits;
    private readonly CallPolicy scorePolicy;
    private readonly CallPolicy describePolicy;

    /// <param name="options">Where the scorers are and how long they are waited for.</param>
    /// <param name="time">Of timeouts and pauses; null: the system's.</param>
    /// <param name="logger">Is told of repeated attempts; null: nobody is.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ScorerClient(ServiceClientOptions options, TimeProvider? time = null, ILogger<ScorerClient>? logger = null)
    {
        this.options = options;
        calls = new ResilientCalls(options, "scorer", RpcService, time ?? TimeProvider.System, logger ?? NullLogger<ScorerClient>.Instance);
        scorePolicy = calls.BuildPolicy(options.GiveUpAfter, options.AttemptTimeout, options.HedgeAfter);
        limits = new MessageLimits(GetModelAsync);
        describePolicy = calls.BuildPolicy(options.DescribeTimeout, options.DescribeTimeout);
    }

    /// <summary>The models that the scorer holds; the first is its default.</summary>
    /// <exception cref="ServiceUnavailableException">The scorer cannot be reached.</exception>
    public async Task<IReadOnlyList<Model>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        (await DescribeAsync("ListModels", (client, call) => client.ListModelsAsync(new ListModelsRequest(), call), cancellationToken)).Models;

    /// <summary>A model's description.</summary>
    /// <param name="name">Empty: the scorer's first model, as it lists it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServiceRefusedException">The scorer has no such model.</exception>
    /// <exception cref="ServiceUnavailableException">The scorer cannot be reached.</exception>
    public async Task<Model> GetModelAsync(string name, CancellationToken cancellationToken = default)
    {
        if (name.Length > 0)
        {
            return (await DescribeAsync("GetModel", (client, call) => client.GetModelAsync(new GetModelRequest { Name = name }, call), cancellationToken)).Model;
        }

        IReadOnlyList<Model> models = await ListModelsAsync(cancellationToken);
        return models.Count > 0 ? models[0] : throw calls.Refusal(new RpcException(new Status(StatusCode.FailedPrecondition, "It has no models.")));
    }

    /// <summary>Encodes prompts, so that requests name them by handle; also asks whether a model takes them.</summary>
    /// <exception cref="ServiceRefusedException">It does not take one of them; the message says why.</exception>
    /// <exception cref="ServiceUnavailableException">The scorer cannot be reached.</exception>
    public async Task<IReadOnlyList<EncodedPrompt>> EncodePromptsAsync(string model, IEnumerable<string> prompts, CancellationToken cancellationToken = default)
    {
        EncodePromptsRequest request = new() { Model = model, Prompts = { prompts } };
        return (await DescribeAsync("EncodePrompts", (client, call) => client.EncodePromptsAsync(request, call), cancellationToken)).Prompts;
    }

    /// <summary>A score.</summary>
    /// <exception cref="ServiceRefusedException">The scorer refuses the request.</exception>
    /// <exception cref="ServiceUnavailableException">No answer for <see cref="ServiceClientOptions.GiveUpAfter"/>.</exception>
    public async Task<ScoreResponse> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default)
    {
        await RequireSizeAsync(request.Model, request, cancellationToken);
        return await calls.RunAsync(
            "ScoreStream", scorePolicy, RequestRows.Count(request), (endpoint, token) => endpoint.ScoreAsync(request, token), cancellationToken);
    }

    /// <summary>Scores of many requests, in their order, with several in flight.</summary>
    /// <param name="requests">Is read as answers are taken.</param>
    /// <param name="inFlight">Most requests that wait for their answers at once, at least 1.</param>
    /// <param name="cancellationToken">Cancels what is in flight; so does leaving the loop.</param>
    /// <exception cref="ServiceRefusedException">The scorer refuses one of the requests.</exception>
    /// <exception cref="ServiceUnavailableException">No answer for <see cref="ServiceClientOptions.GiveUpAfter"/>.</exception>
    public async IAsyncEnumerable<ScoreResponse> ScoreManyAsync(
        IAsyncEnumerable<ScoreRequest> requests, int inFlight = 8, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inFlight, 1);
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Queue<Task<ScoreResponse>> waiting = new();
        try
        {
            await foreach (ScoreRequest request in requests.WithCancellation(leaving.Token))
            {
                waiting.Enqueue(ScoreAsync(request, leaving.Token));
                if (waiting.Count == inFlight)
                {
                    yield return await waiting.Dequeue();
                }
            }

            while (waiting.Count > 0)
            {
                yield return await waiting.Dequeue();
            }
        }
        finally
        {
            await leaving.CancelAsync();
            await Task.WhenAll(waiting).ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
        }
    }

    /// <summary>Draws images: progress, then the result. Begins anew where the stream breaks, so that progress may step back.</summary>
    /// <exception cref="ServiceRefusedException">The scorer refuses the request.</exception>
    /// <exception cref="ServiceUnavailableException">No result for <see cref="ServiceClientOptions.GiveUpAfter"/>.</exception>
    public IAsyncEnumerable<SampleResponse> SampleAsync(SampleRequest request, CancellationToken cancellationToken = default) => calls.StreamAsync(
        "Sample",
        options.GiveUpAfter,
        (endpoint, call) => new ScoreService.ScoreServiceClient(endpoint.Calls).Sample(request, call),
        response => response.EventCase == SampleResponse.EventOneofCase.Result,
        cancellationToken);

    /// <summary>Pixels [n, 3, height, width] in [−1, 1] to latents.</summary>
    /// <exception cref="ServiceRefusedException">The scorer refuses the request, as for a model of pixels.</exception>
    /// <exception cref="ServiceUnavailableException">The scorer cannot be reached.</exception>
    public async Task<EncodeImagesResponse> EncodeImagesAsync(EncodeImagesRequest request, CancellationToken cancellationToken = default)
    {
        await RequireSizeAsync(request.Model, request, cancellationToken);
        return await WorkAsync("EncodeImages", (client, call) => client.EncodeImagesAsync(request, call), cancellationToken);
    }

    /// <summary>Latents to pixels [n, 3, height, width] in [−1, 1].</summary>
    /// <exception cref="ServiceRefusedException">The scorer refuses the request, as for a model of pixels.</exception>
    /// <exception cref="ServiceUnavailableException">The scorer cannot be reached.</exception>
    public async Task<DecodeLatentsResponse> DecodeLatentsAsync(DecodeLatentsRequest request, CancellationToken cancellationToken = default)
    {
        await RequireSizeAsync(request.Model, request, cancellationToken);
        return await WorkAsync("DecodeLatents", (client, call) => client.DecodeLatentsAsync(request, call), cancellationToken);
    }

    /// <summary>Closes the connections; calls that still wait fail.</summary>
    public ValueTask DisposeAsync() => calls.DisposeAsync();

    private async ValueTask RequireSizeAsync(string model, IMessage request, CancellationToken cancellationToken)
    {
        try
        {
            await limits.RequireAsync(model, request, cancellationToken);
        }
        catch (RpcException exception)
        {
            throw calls.Refusal(exception);
        }
    }

    private Task<T> DescribeAsync<T>(string method, Func<ScoreService.ScoreServiceClient, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellationToken)
        where T : class =>
        calls.RunUnaryAsync(method, describePolicy, (endpoint, call) => ask(new(endpoint.Calls), call), cancellationToken);

    private Task<T> WorkAsync<T>(string method, Func<ScoreService.ScoreServiceClient, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellationToken)
        where T : class =>
        calls.RunUnaryAsync(method, scorePolicy, (endpoint, call) => ask(new(endpoint.Calls), call), cancellationToken);
}
