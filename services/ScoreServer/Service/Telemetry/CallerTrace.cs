using System.Diagnostics;
using Sjc.Contracts.Score.V1;

namespace Sjc.ScoreServer.Telemetry;

/// <summary>The trace that a message of a stream names, read as the headers of a call are (W3C Trace Context).</summary>
internal static class CallerTrace
{
    private const int MaxParentLength = 256;
    private const int MaxStateLength = 512;

    /// <summary>Length of version 00, and of what later versions begin with.</summary>
    private const int ParentLength = 55;

    private static readonly DistributedContextPropagator W3C = DistributedContextPropagator.CreateW3CPropagator();

    /// <summary>The span that sent a message; default where it names none, or none that can be read: a fault of tracing never fails a request.</summary>
    public static ActivityContext Of(ScoreStreamRequest message)
    {
        if (message.Traceparent.Length is 0 or > MaxParentLength || !ScoreServerTraces.Source.HasListeners())
        {
            return default;
        }

        W3C.ExtractTraceIdAndState(message, Read, out string? parent, out string? state);
        string? known = parent?.Length > ParentLength ? parent[..ParentLength] : parent;
        return ActivityContext.TryParse(known, state, isRemote: true, out ActivityContext context) ? context : default;
    }

    private static void Read(object? carrier, string field, out string? value, out IEnumerable<string>? values)
    {
        ScoreStreamRequest message = (ScoreStreamRequest)carrier!;
        values = null;
        value = field switch
        {
            "traceparent" => message.Traceparent,
            "tracestate" when message.Tracestate.Length is > 0 and <= MaxStateLength => message.Tracestate,
            _ => null,
        };
    }
}
