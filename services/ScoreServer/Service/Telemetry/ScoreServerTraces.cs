using System.Diagnostics;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>The server's spans. The client's trace reaches them by the W3C header "traceparent".</summary>
internal static class ScoreServerTraces
{
    public const string SourceName = "Sjc.ScoreServer";

    public static ActivitySource Source { get; } = new(SourceName);
}
