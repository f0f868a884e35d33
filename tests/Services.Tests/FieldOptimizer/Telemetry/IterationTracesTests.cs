using Sjc.Contracts.Field.V1;
using Sjc.Services.Tests.FieldOptimizer.Api;
using Sjc.Services.Tests.ScoreServer.Hosting;
using Sjc.TraceCollector;

namespace Sjc.Services.Tests.FieldOptimizer.Telemetry;

/// <summary>What an optimizer and its scorer send to a collector of the iterations of a job.</summary>
[Collection(RecordedSpans.Collection)]
public sealed class IterationTracesTests
{
    private const int Iterations = 3;

    [Fact]
    public async Task Job_WithACollector_EachIterationIsATraceDownToTheScorersNetwork()
    {
        await using Collector collector = await CollectorHost.StartAsync();
        using TemporaryFolder jobs = new();

        // The scorer keeps what the optimizer decided to keep, and nothing else.
        await using (ScoreServerHost scorer = await ScoreServerHost.StartAsync([TinyPictures.Factory], $"--Telemetry:OtlpEndpoint={collector.Address}", "--Telemetry:TraceRatio=0"))
        await using (OptimizerServer optimizer = await OptimizerServer.StartAsync(
            new Uri(scorer.Application.Urls.First()), jobs.Path, $"--Telemetry:OtlpEndpoint={collector.Address}", "--Telemetry:TraceRatio=1"))
        {
            JobSpec spec = new() { Prompt = "a red car", Model = TinyPictures.Kind, Iterations = Iterations, Field = new FieldSpec { GridSize = 6 } };
            Assert.Equal(JobState.Succeeded, (await optimizer.EndOfAsync((await optimizer.CreateAsync(spec)).Id)).State);
        }

        CollectedSpan[] roots = [.. collector.Spans.Where(span => span.Name == "iteration")];
        Assert.Equal(Iterations, roots.Length);
        foreach (CollectedSpan root in roots)
        {
            Assert.Equal("", root.ParentId);
            CollectedSpan[] trace = [.. collector.Spans.Where(span => span.TraceId == root.TraceId)];
            Assert.Equal(
                ["iteration", "network", "queue", "render", "score", "ScoreStream", "sjc.score.v1.ScoreService/ScoreStream", "step"],
                trace.Select(span => span.Name).Order(StringComparer.OrdinalIgnoreCase));
            Assert.Equal(
                ["sjc-score-server score", "sjc-field-optimizer sjc.score.v1.ScoreService/ScoreStream", "sjc-field-optimizer ScoreStream", "sjc-field-optimizer iteration"],
                Ancestors(trace, trace.Single(span => span.Name == "network")).Select(span => $"{span.Service} {span.Name}"));
        }
    }

    private static IEnumerable<CollectedSpan> Ancestors(CollectedSpan[] trace, CollectedSpan span)
    {
        while (trace.SingleOrDefault(other => other.SpanId == span.ParentId) is { } parent)
        {
            yield return span = parent;
        }
    }
}
