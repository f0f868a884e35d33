using System.Diagnostics;
using System.Text.RegularExpressions;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.Services.Tests.ScoreServer.Telemetry;

[Collection(RecordedSpans.Collection)]
public sealed partial class CallerTraceTests : IDisposable
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string State = "vendor=value,other@tenant=1";
    private readonly RecordedSpans listener = new();

    public void Dispose() => listener.Dispose();

    [Fact]
    public void Of_Message_IsItsSendersSpan()
    {
        ActivityContext read = CallerTrace.Of(new ScoreStreamRequest { Traceparent = Parent, Tracestate = State });

        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (read.TraceId.ToHexString(), read.SpanId.ToHexString()));
        Assert.Equal((ActivityTraceFlags.Recorded, State, true), (read.TraceFlags, read.TraceState, read.IsRemote));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Of_LongTraceparent_IsReadUpToItsBound(int length, bool isRead)
    {
        string parent = $"cc{Parent[2..]}-".PadRight(length, 'x');

        Assert.Equal(isRead, CallerTrace.Of(new ScoreStreamRequest { Traceparent = parent }) != default);
    }

    [Theory]
    [InlineData("no list")]
    [InlineData("vendor=v\u00e4lue")]
    [InlineData(null)] // longer than the bound
    public void Of_BadTracestate_IsTheTraceWithoutIt(string? state)
    {
        ActivityContext read = CallerTrace.Of(new ScoreStreamRequest { Traceparent = Parent, Tracestate = state ?? $"vendor={new string('x', 506)}" });

        Assert.NotEqual(default, read.TraceId);
        Assert.Null(read.TraceState);
    }

    [Fact]
    public void Of_MutatedTraceparents_AreReadWhereTheyHaveTheForm()
    {
        const string alphabet = "0123456789abcdefABCDEFg- \0\u00e9\ud800";
        Random random = new(5);
        int read = 0;
        for (int i = 0; i < 50_000; i++)
        {
            List<char> text = [.. Parent];
            for (int change = random.Next(4); change >= 0; change--)
            {
                int at = random.Next(text.Count);
                char value = alphabet[random.Next(alphabet.Length)];
                switch (random.Next(4))
                {
                    case 0: text.Insert(at, value); break;
                    case 1: text.RemoveAt(at); break;
                    default: text[at] = value; break;
                }
            }

            string parent = new([.. text]);
            bool isRead = CallerTrace.Of(new ScoreStreamRequest { Traceparent = parent, Tracestate = parent }) != default;
            Assert.True(isRead == Form().IsMatch(parent), $"{parent} must be read where it has the form, but is {(isRead ? "" : "not ")}read.");
            read += isRead ? 1 : 0;
        }

        Assert.InRange(read, 1000, 49_000);
    }

    /// <summary>Of the recommendation, section 3.2: version 00 ends with its flags, later ones may go on after another dash.</summary>
    [GeneratedRegex(@"\A(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(\z|(?<!\A00.{53})-)", RegexOptions.Singleline)]
    private static partial Regex Form();
}
