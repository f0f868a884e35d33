using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sjc.ScoreServer.Telemetry;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.Deploy;

/// <summary>The dashboard asks for metrics that a running server has, under the names that Prometheus gives them.</summary>
public sealed partial class DashboardTests
{
    private const string Dashboard = "dashboards/score-server.json";

    [Fact]
    public async Task Dashboard_Metrics_AreTheServers()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        HashSet<string> known = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, _) => known.UnionWith(instrument.Meter.Name == ScoreServerMetrics.MeterName ? PrometheusNames(instrument) : []),
        };
        listener.Start();

        string[] asked = [.. Expressions().Select(panel => panel.Expression).SelectMany(expression => MetricPattern().Matches(expression).Select(match => match.Value)).Distinct()];

        Assert.True(asked.Length > 20);
        Assert.Empty(asked.Except(known));
    }

    [Fact]
    public void Dashboard_Panels_AskForEveryGroupOfMetrics()
    {
        string all = string.Join(' ', Expressions().Select(panel => panel.Expression));
        Assert.All(
            ["requests", "request_duration", "rows_total", "tenant_rows", "batch_rows", "batches", "padding_rows", "queue_rows", "queue_age", "queue_duration", "compute", "transfer",
                "refused", "cancelled", "prompt_cache", "model_ready", "model_load", "device_memory", "streams"],
            group => Assert.Contains(group, all, StringComparison.Ordinal));
    }

    [Fact]
    public void Dashboard_Panels_DoNotOverlap()
    {
        using JsonDocument document = JsonDocument.Parse(DeployFiles.Read(Dashboard));
        JsonElement[] panels = [.. document.RootElement.GetProperty("panels").EnumerateArray()];
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("gridPos")).Select(place => (place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32())).Distinct().Count());
    }

    [Fact]
    public async Task Dashboard_Labels_AreTheMetrics()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        Dictionary<string, HashSet<string>> labels = [];
        using MeterListener listener = Listen(host, labels);
        Tell(host.Application.Services.GetRequiredService<ScoreServerMetrics>());
        listener.RecordObservableInstruments();

        foreach ((string expression, string legend) in Expressions())
        {
            string[] asked =
            [
                .. GroupingPattern().Matches(expression).SelectMany(match => match.Groups[1].Value.Split(',')),
                .. MatcherPattern().Matches(expression).Select(match => match.Groups[1].Value),
                .. LegendPattern().Matches(legend).Select(match => match.Groups[1].Value),
            ];
            foreach (string metric in MetricPattern().Matches(expression).Select(match => match.Value))
            {
                // Prometheus adds the instance, and le to buckets.
                Assert.Empty(asked.Select(label => label.Trim()).Except([.. labels[metric], "instance", metric.EndsWith("_bucket", StringComparison.Ordinal) ? "le" : "instance"]));
            }
        }
    }

    /// <summary>Notes the labels of everything that the server's meter is told, under Prometheus' names.</summary>
    private static MeterListener Listen(ScoreServerHost host, Dictionary<string, HashSet<string>> labels)
    {
        object scope = host.Application.Services.GetRequiredService<IMeterFactory>();
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == ScoreServerMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            foreach (string name in PrometheusNames(instrument))
            {
                labels[name] = [.. tags.ToArray().Select(tag => tag.Key)];
            }
        }

        listener.SetMeasurementEventCallback<int>(Note);
        listener.SetMeasurementEventCallback<long>(Note);
        listener.SetMeasurementEventCallback<double>(Note);
        listener.Start();
        return listener;
    }

    /// <summary>Everything that a server can count, once.</summary>
    private static void Tell(ScoreServerMetrics metrics)
    {
        metrics.RunBatch("m", "full", 1, 0, TimeSpan.Zero, TimeSpan.Zero);
        metrics.Accept("m", "t", guided: true, 2);
        metrics.Answer("unary", "Ok", TimeSpan.Zero);
        metrics.Wait("m", TimeSpan.Zero);
        metrics.Refuse("rate");
        metrics.Cancel("queue");
        metrics.CountStream(1);
    }

    private static List<(string Expression, string Legend)> Expressions()
    {
        using JsonDocument document = JsonDocument.Parse(DeployFiles.Read(Dashboard));
        return
        [
            .. document.RootElement.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => (target.GetProperty("expr").GetString()!, target.GetProperty("legendFormat").GetString()!)),
        ];
    }

    /// <summary>As OpenTelemetry's exporter writes them: dots become underscores, the unit and, for counters, "total" are appended.</summary>
    private static string[] PrometheusNames(Instrument instrument)
    {
        string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        string name = instrument.Name.Replace('.', '_') + unit;
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        return kind == typeof(Histogram<>) ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"]
            : kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? [$"{name}_total"]
            : [name];
    }

    [GeneratedRegex(@"\bsjc_[a-z_]+\b")]
    private static partial Regex MetricPattern();

    [GeneratedRegex(@"\bby \(([^)]*)\)")]
    private static partial Regex GroupingPattern();

    [GeneratedRegex(@"[{,] *([a-z_]+) *(?:=|!)")]
    private static partial Regex MatcherPattern();

    [GeneratedRegex(@"\{\{([a-z_]+)\}\}")]
    private static partial Regex LegendPattern();
}
