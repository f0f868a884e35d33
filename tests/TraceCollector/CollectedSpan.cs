using Google.Protobuf;

namespace Sjc.TraceCollector;

/// <summary>What a collector was told of a span.</summary>
/// <param name="Service">Who sent it.</param>
/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="SpanId">16 hexadecimal digits.</param>
/// <param name="ParentId">16 hexadecimal digits; empty: it is the root of its trace.</param>
/// <param name="TraceState">Of W3C Trace Context.</param>
/// <param name="Name">What it did.</param>
public sealed record CollectedSpan(string Service, string TraceId, string SpanId, string ParentId, string TraceState, string Name)
{
    /// <summary>The spans of an ExportTraceServiceRequest (opentelemetry.proto.collector.trace.v1).</summary>
    public static IEnumerable<CollectedSpan> ReadAll(byte[] request) =>
        from resourceSpans in Fields(request, 1)
        let service = ServiceOf(resourceSpans)
        from scopeSpans in Fields(resourceSpans, 2)
        from span in Fields(scopeSpans, 2)
        select new CollectedSpan(service, Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 3), Text(span, 5));

    /// <summary>One line: trace, span, parent or "-", service, name.</summary>
    public override string ToString() => $"{TraceId} {SpanId} {(ParentId.Length > 0 ? ParentId : "-")} {Service} {Name}";

    private static string ServiceOf(byte[] resourceSpans) =>
        Fields(resourceSpans, 1).SelectMany(resource => Fields(resource, 1)).Where(pair => Text(pair, 1) == "service.name").Select(pair => Text(Fields(pair, 2).Single(), 1)).FirstOrDefault("");

    private static string Hex(byte[] message, int number) => Convert.ToHexStringLower(Fields(message, number).LastOrDefault([]));

    private static string Text(byte[] message, int number) => System.Text.Encoding.UTF8.GetString(Fields(message, number).LastOrDefault([]));

    /// <summary>The values of a field of messages, strings or bytes.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        List<byte[]> values = [];
        CodedInputStream input = new(message);
        while (input.ReadTag() is > 0 and uint tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                values.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return values;
    }
}
