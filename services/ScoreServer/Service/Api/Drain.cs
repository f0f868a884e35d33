using Grpc.Core;
using Microsoft.Extensions.Options;
using Sjc.Contracts.Errors;

namespace Sjc.ScoreServer.Api;

/// <summary>The end of a server: not ready, no new work, everything accepted is answered, then streams end with UNAVAILABLE.</summary>
internal sealed partial class Drain(IHostApplicationLifetime lifetime, IOptions<ApiOptions> options, ILogger<Drain> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private long _accepted;
    private long _answered;

    /// <summary>Whether the server takes no new work.</summary>
    public bool IsOn => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Ends the reading of requests.</summary>
    public CancellationToken Token => lifetime.ApplicationStopping;

    /// <summary>What callers get whose work is not taken: another replica will, or this one when it is back.</summary>
    public static RpcException Refusal() => RpcErrors.Unavailable("The server must take new work, but is stopping; try another one.", RetryDelay).ToRpcException();

    /// <summary>A request is in the queue.</summary>
    public void CountAccepted() => Interlocked.Increment(ref _accepted);

    /// <summary>It has ended, one way or the other.</summary>
    public void CountAnswered() => Interlocked.Increment(ref _answered);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Leaves load balancers time to see that the server is not ready, while it listens still.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lifetime.StopApplication();
        await Task.Delay(options.Value.DrainDelay, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        long accepted = Interlocked.Read(ref _accepted);
        long answered = Interlocked.Read(ref _answered);
        LogDrained(accepted, answered);
        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 320, Level = LogLevel.Information, Message = "Stopped: {Accepted} requests were accepted, {Answered} answered.")]
    private partial void LogDrained(long accepted, long answered);
}
