using System.Diagnostics;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>The server's spans. The client's trace reaches them by the W3C header "traceparent" of a call, or by a message of a stream.</summary>
internal static class ScoreServerTraces
{
    public const string SourceName = "Sjc.ScoreServer";

    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>The span of a score request, which it makes the current one; null where nobody records it.</summary>
    /// <param name="trace">The client's span; default: under the call's, which stands for it.</param>
    public static Activity? StartScore(ActivityContext trace)
    {
        if (trace == default)
        {
            return Source.StartActivity("score");
        }

        // The stream's own trace is another one, in which nothing of this request may end up.
        Activity.Current = null;
        return Source.StartActivity("score", ActivityKind.Server, trace);
    }
}
