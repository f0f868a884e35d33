using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using Sjc.Contracts.Score.V1;

namespace Sjc.FieldOptimizer.Scoring;

/// <summary>The scorer, as jobs see it: calls that outlive its restarts.</summary>
/// <remarks>A request is sent again, on a new stream where the old one broke, until it is answered, refused for good or given up.
/// Repeating is harmless: answers are a pure function of the request.</remarks>
internal sealed partial class ScorerClient : IAsyncDisposable
{
    private static readonly ResiliencePropertyKey<Exception> LastFault = new("last fault");
    private readonly ScorerOptions options;
    private readonly ILogger logger;
    private readonly GrpcChannel channel;
    private readonly ScoreService.ScoreServiceClient client;
    private readonly ResiliencePipeline scorePipeline;
    private readonly ResiliencePipeline describePipeline;
    private readonly SemaphoreSlim opening = new(1);
    private ScoreStream? stream;

    public ScorerClient(IOptions<ScorerOptions> options, TimeProvider time, ILogger<ScorerClient> logger)
    {
        this.options = options.Value;
        this.logger = logger;
        channel = OpenChannel(this.options);
        client = new ScoreService.ScoreServiceClient(channel);
        scorePipeline = BuildPipeline(time, this.options.GiveUpAfter, this.options.AttemptTimeout);
        describePipeline = BuildPipeline(time, this.options.DescribeTimeout, this.options.DescribeTimeout);
    }

    /// <summary>A model's description.</summary>
    /// <param name="name">Empty: the scorer's first model.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ScorerRefusedException">The scorer has no such model.</exception>
    /// <exception cref="ScorerUnavailableException">The scorer cannot be reached.</exception>
    public Task<Model> GetModelAsync(string name, CancellationToken cancellationToken) =>
        RunAsync(describePipeline, options.DescribeTimeout, token => AskForModelAsync(name, token), cancellationToken);

    /// <summary>Asks whether a model takes prompts.</summary>
    /// <exception cref="ScorerRefusedException">It does not take one of them; the message says why.</exception>
    /// <exception cref="ScorerUnavailableException">The scorer cannot be reached.</exception>
    public Task CheckPromptsAsync(string model, IEnumerable<string> prompts, CancellationToken cancellationToken)
    {
        EncodePromptsRequest request = new() { Model = model, Prompts = { prompts } };
        return RunAsync(describePipeline, options.DescribeTimeout, token => AskForPromptsAsync(request, token), cancellationToken);
    }

    /// <summary>A score, asked for on the shared stream.</summary>
    /// <exception cref="ScorerRefusedException">The scorer refuses the request.</exception>
    /// <exception cref="ScorerUnavailableException">No answer for <see cref="ScorerOptions.GiveUpAfter"/>.</exception>
    public Task<ScoreResponse> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken) =>
        RunAsync(scorePipeline, options.GiveUpAfter, token => AskForScoreAsync(request, token), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
        {
            await stream.DisposeAsync();
        }

        channel.Dispose();
        opening.Dispose();
    }

    private static GrpcChannel OpenChannel(ScorerOptions options) => GrpcChannel.ForAddress(options.Address, new GrpcChannelOptions
    {
        MaxReceiveMessageSize = options.MaxMessageBytes,
        MaxSendMessageSize = options.MaxMessageBytes,
        MaxReconnectBackoff = options.MaxRetryDelay,
        InitialReconnectBackoff = options.RetryDelay,
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        },
    });

    private ResiliencePipeline BuildPipeline(TimeProvider time, TimeSpan giveUpAfter, TimeSpan attemptTimeout) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(giveUpAfter)
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is { } exception
                    && !arguments.Context.CancellationToken.IsCancellationRequested
                    && TransientFaults.IsTransient(exception)),
                DelayGenerator = arguments => ValueTask.FromResult(TransientFaults.RequestedDelay(arguments.Outcome.Exception)),
                OnRetry = arguments =>
                {
                    Exception exception = arguments.Outcome.Exception!;
                    arguments.Context.Properties.Set(LastFault, exception);
                    LogRetry(options.Address, arguments.AttemptNumber + 1, arguments.RetryDelay.TotalMilliseconds, TransientFaults.Describe(exception));
                    return default;
                },
            })
            .AddTimeout(attemptTimeout)
            .Build();

    private async Task<T> RunAsync<T>(ResiliencePipeline pipeline, TimeSpan giveUpAfter, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            return await pipeline.ExecuteAsync(async inner => await ask(inner.CancellationToken), context);
        }
        catch (TimeoutRejectedException exception)
        {
            Exception cause = context.Properties.GetValue(LastFault, exception);
            throw new ScorerUnavailableException(
                $"The scorer at {options.Address} gave no answer for {giveUpAfter.TotalSeconds:0.#} s ({TransientFaults.Describe(cause)}).", cause);
        }
        catch (RpcException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ScorerRefusedException($"The scorer refuses: {exception.Status.Detail} ({exception.StatusCode})", exception);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<Model> AskForModelAsync(string name, CancellationToken cancellationToken)
    {
        DateTime deadline = DateTime.UtcNow + options.DescribeTimeout;
        if (name.Length > 0)
        {
            return (await client.GetModelAsync(new GetModelRequest { Name = name }, deadline: deadline, cancellationToken: cancellationToken)).Model;
        }

        ListModelsResponse models = await client.ListModelsAsync(new ListModelsRequest(), deadline: deadline, cancellationToken: cancellationToken);
        return models.Models.FirstOrDefault() ?? throw new RpcException(new Status(StatusCode.FailedPrecondition, "It has no models."));
    }

    private async Task<EncodePromptsResponse> AskForPromptsAsync(EncodePromptsRequest request, CancellationToken cancellationToken) =>
        await client.EncodePromptsAsync(request, deadline: DateTime.UtcNow + options.DescribeTimeout, cancellationToken: cancellationToken);

    private async Task<ScoreResponse> AskForScoreAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        ScoreStream current = await OpenStreamAsync(cancellationToken);
        return await current.ScoreAsync(request, cancellationToken);
    }

    private async Task<ScoreStream> OpenStreamAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref stream) is { IsOpen: true } open)
        {
            return open;
        }

        await opening.WaitAsync(cancellationToken);
        try
        {
            if (stream is { IsOpen: true })
            {
                return stream;
            }

            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            // The stream serves all jobs, and outlives the one that opened it.
            return stream = new ScoreStream(client.ScoreStream(deadline: DateTime.UtcNow + options.StreamLifetime, cancellationToken: CancellationToken.None));
        }
        finally
        {
            opening.Release();
        }
    }

    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "The scorer at {Address} failed in attempt {Attempt} and is asked again in {DelayMs:0} ms: {Reason}")]
    private partial void LogRetry(Uri address, int attempt, double delayMs, string reason);
}
