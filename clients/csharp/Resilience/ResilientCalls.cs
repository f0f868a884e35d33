using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Hedging;
using Polly.Retry;
using Polly.Timeout;
using Sjc.Client.Endpoints;
using Sjc.Client.Tracing;

namespace Sjc.Client.Resilience;

/// <summary>Calls that outlive restarts of the servers: each is made again, at another endpoint where there is one, until it is answered, refused for good or
/// given up.</summary>
internal sealed partial class ResilientCalls : IAsyncDisposable
{
    private readonly ServiceClientOptions options;
    private readonly string serviceName;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly EndpointPool pool;

    /// <param name="options">Where the service is and how long it is waited for.</param>
    /// <param name="serviceName">For messages, such as "scorer".</param>
    /// <param name="rpcService">Its name in calls and at the health service, such as sjc.score.v1.ScoreService.</param>
    /// <param name="time">Of timeouts and pauses.</param>
    /// <param name="logger">Is told of repeated attempts.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ResilientCalls(ServiceClientOptions options, string serviceName, string rpcService, TimeProvider time, ILogger logger)
    {
        if (options.Faults().FirstOrDefault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        this.options = options;
        this.serviceName = serviceName;
        RpcService = rpcService;
        this.time = time;
        this.logger = logger;
        pool = new EndpointPool(options, rpcService, time);
    }

    /// <summary>The service's name in calls.</summary>
    public string RpcService { get; }

    /// <summary>A policy of total timeout, retries, hedging where it is wanted, and a timeout of each attempt.</summary>
    public CallPolicy BuildPolicy(TimeSpan giveUpAfter, TimeSpan attemptTimeout, TimeSpan? hedgeAfter = null)
    {
        ResiliencePipelineBuilder<object> builder = new() { TimeProvider = time };
        builder.AddTimeout(giveUpAfter).AddRetry(RetryOptions());
        if (hedgeAfter is { } delay)
        {
            builder.AddHedging(HedgingOptions(delay));
        }

        return new CallPolicy(builder.AddTimeout(attemptTimeout).Build(), giveUpAfter, attemptTimeout);
    }

    /// <summary>Makes a call until it is answered, as one request with its attempts in the caller's trace.</summary>
    /// <param name="method">The call's method, such as ScoreStream.</param>
    /// <param name="policy">From <see cref="BuildPolicy"/>.</param>
    /// <param name="rows">Rows that the call gives an endpoint to work on.</param>
    /// <param name="ask">One attempt, which is the current activity meanwhile.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ServiceRefusedException">The service refuses the request.</exception>
    /// <exception cref="ServiceUnavailableException">No answer in time.</exception>
    public Task<T> RunAsync<T>(string method, CallPolicy policy, int rows, Func<Endpoint, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        where T : class =>
        ClientTraces.Source.HasListeners() ? TraceAsync(method, policy, rows, ask, cancellationToken) : RepeatAsync(policy, rows, ask, cancellationToken);

    /// <summary>Makes a unary call until it is answered; each attempt has a deadline, which the server sees.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<T> RunUnaryAsync<T>(string method, CallPolicy policy, Func<Endpoint, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellationToken)
        where T : class =>
        RunAsync(
            method,
            policy,
            rows: 1,
            async (endpoint, token) =>
            {
                using AsyncUnaryCall<T> call = ask(endpoint, AttemptOptions(policy, token));
                return await call;
            },
            cancellationToken);

    /// <summary>Options of the call that an attempt makes: its deadline, and its trace where that is recorded.</summary>
    public static CallOptions AttemptOptions(CallPolicy policy, CancellationToken cancellationToken)
    {
        Activity? attempt = Activity.Current is { } current && current.Source == ClientTraces.Source ? current : null;
        return new CallOptions(ClientTraces.HeadersOf(attempt), DateTime.UtcNow + policy.AttemptTimeout, cancellationToken);
    }

    /// <summary>Makes a call until it is answered, without a trace of its own.</summary>
    /// <param name="policy">From <see cref="BuildPolicy"/>.</param>
    /// <param name="rows">Rows that the call gives an endpoint to work on.</param>
    /// <param name="ask">One attempt.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="pinned">The endpoint that an attempt has to ask, such as that of an open stream; null or a null result: any.</param>
    /// <exception cref="ServiceRefusedException">The service refuses the request.</exception>
    /// <exception cref="ServiceUnavailableException">No answer in time.</exception>
    public async Task<T> RepeatAsync<T>(
        CallPolicy policy,
        int rows,
        Func<Endpoint, CancellationToken, Task<T>> ask,
        CancellationToken cancellationToken,
        Func<Endpoint?>? pinned = null)
        where T : class
    {
        RequestAttempts attempts = new();
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RequestAttempts.Key, attempts);
        try
        {
            return (T)await policy.Pipeline.ExecuteAsync(async inner => await AttemptAsync(attempts, pinned?.Invoke(), rows, ask, inner.CancellationToken), context);
        }
        catch (TimeoutRejectedException exception)
        {
            throw Unavailable(attempts.LastFault ?? exception, policy.GiveUpAfter);
        }
        catch (RpcException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // A transient fault is repeated for as long as there is time: one that comes out met the end of it.
            throw TransientFaults.IsTransient(exception) ? Unavailable(exception, policy.GiveUpAfter) : Refusal(exception);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The refusal that an exception of the transport stands for.</summary>
    public ServiceRefusedException Refusal(RpcException exception) => new($"The {serviceName} refuses: {exception.Status.Detail} ({exception.StatusCode})", exception);

    public ValueTask DisposeAsync() => pool.DisposeAsync();

    private ServiceUnavailableException Unavailable(Exception cause, TimeSpan giveUpAfter) =>
        new($"The {serviceName} at {options.Address} gave no answer for {giveUpAfter.TotalSeconds:0.#} s ({TransientFaults.Describe(cause)}).", cause);

    private async Task<T> TraceAsync<T>(
        string method, CallPolicy policy, int rows, Func<Endpoint, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        using Activity? request = ClientTraces.StartRequest(RpcService, method);
        int attempts = 0;
        return await ClientTraces.FollowAsync(request, () => RepeatAsync(policy, rows, TraceAttemptAsync, cancellationToken));

        async Task<T> TraceAttemptAsync(Endpoint endpoint, CancellationToken token)
        {
            using Activity? attempt = ClientTraces.StartAttempt(request, RpcService, method, endpoint.Key.Address, endpoint.Key.Ip, Interlocked.Increment(ref attempts));
            return await ClientTraces.FollowAsync(attempt, () => ask(endpoint, token));
        }
    }

    private async Task<T> AttemptAsync<T>(
        RequestAttempts attempts, Endpoint? pinned, int rows, Func<Endpoint, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        await using EndpointLease lease = pinned is null ? await pool.LeaseAsync(attempts.Tried, rows, cancellationToken) : pool.Lease(pinned, rows);
        attempts.Begin(lease.Endpoint);
        try
        {
            T answer = await ask(lease.Endpoint, cancellationToken);
            lease.Endpoint.Succeed();
            return answer;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && TransientFaults.IsTransient(exception))
        {
            lease.Endpoint.Fail(TransientFaults.RequestedDelay(exception));
            attempts.Fail(exception);
            throw;
        }
    }

    private RetryStrategyOptions<object> RetryOptions() => new()
    {
        MaxRetryAttempts = int.MaxValue,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = options.RetryDelay,
        MaxDelay = options.MaxRetryDelay,
        ShouldHandle = arguments => ValueTask.FromResult(IsWorthAnother(arguments.Outcome, arguments.Context)),
        // Where another endpoint is expected to answer there is no reason to wait.
        DelayGenerator = arguments => ValueTask.FromResult(
            pool.HasAvailable() ? TimeSpan.Zero : TransientFaults.RequestedDelay(arguments.Outcome.Exception)),
        OnRetry = arguments =>
        {
            Exception exception = arguments.Outcome.Exception!;
            RequestAttempts attempts = arguments.Context.Properties.GetValue(RequestAttempts.Key, new RequestAttempts());
            if (exception is TimeoutRejectedException)
            {
                attempts.Fail(exception);
                attempts.Last?.Fail(null);
            }

            LogRetry(serviceName, attempts.Last?.Key.ToString() ?? options.Address, arguments.AttemptNumber + 1, arguments.RetryDelay.TotalMilliseconds, TransientFaults.Describe(exception));
            return default;
        },
    };

    private HedgingStrategyOptions<object> HedgingOptions(TimeSpan delay) => new()
    {
        Delay = delay,
        MaxHedgedAttempts = 1,
        ShouldHandle = arguments => ValueTask.FromResult(IsWorthAnother(arguments.Outcome, arguments.Context)),
        // Null where there is nobody else to ask: the first attempt goes on alone.
        ActionGenerator = arguments => pool.HasOther(arguments.ActionContext.Properties.GetValue(RequestAttempts.Key, new RequestAttempts()).Tried)
            ? () => arguments.Callback(arguments.ActionContext)
            : null,
    };

    private static bool IsWorthAnother(Outcome<object> outcome, ResilienceContext context) =>
        outcome.Exception is { } exception && !context.CancellationToken.IsCancellationRequested && TransientFaults.IsTransient(exception);

    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "The {Service} at {Address} failed in attempt {Attempt} and is asked again in {DelayMs:0} ms: {Reason}")]
    private partial void LogRetry(string service, string address, int attempt, double delayMs, string reason);
}
