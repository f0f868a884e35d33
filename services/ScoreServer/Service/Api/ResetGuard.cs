using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Api;

/// <summary>Closes connections whose clients start calls and break them off at once, again and again (CVE-2023-44487, "rapid reset"): each
/// costs the server more than the client.</summary>
internal sealed partial class ResetGuard(IOptions<ApiOptions> options, TimeProvider time, ScoreServerMetrics metrics, ILogger<ResetGuard> logger) : IMiddleware
{
    private static readonly object Key = new();

    /// <inheritdoc/>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (context.RequestAborted.IsCancellationRequested && CountReset(context) > options.Value.MaxResetsPerSecond)
            {
                metrics.Refuse("resets");
                LogClosed(context.Connection.Id, options.Value.MaxResetsPerSecond);
                context.Features.Get<IConnectionLifetimeFeature>()?.Abort();
            }
        }
    }

    /// <summary>Resets of the connection within a second.</summary>
    private int CountReset(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return 0;
        }

        lock (items)
        {
            Resets resets = items.TryGetValue(Key, out object? known) && known is Resets counted ? counted : new Resets();
            items[Key] = resets;
            if (time.GetElapsedTime(resets.Since) >= TimeSpan.FromSeconds(1))
            {
                (resets.Since, resets.Count) = (time.GetTimestamp(), 0);
            }

            return ++resets.Count;
        }
    }

    [LoggerMessage(EventId = 330, Level = LogLevel.Warning, Message = "Connection {Connection} is closed: its client broke off more than {Most} calls within a second.")]
    private partial void LogClosed(string connection, int most);

    private sealed class Resets
    {
        public long Since { get; set; }

        public int Count { get; set; }
    }
}
