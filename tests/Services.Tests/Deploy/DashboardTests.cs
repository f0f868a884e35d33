using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
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
        // A device's queue is there once something was asked of it.
        await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: TestContext.Current.CancellationToken);
        HashSet<string> known = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, _) => known.UnionWith(instrument.Meter.Name == ScoreServerMetrics.MeterName ? PrometheusNames(instrument) : []),
        };
        listener.Start();

        string[] asked = [.. Expressions().SelectMany(expression => MetricPattern().Matches(expression).Select(match => match.Value)).Distinct()];

        Assert.True(asked.Length > 20);
        Assert.Empty(asked.Except(known));
    }

    [Fact]
    public void Dashboard_Panels_AskForEveryGroupOfMetrics()
    {
        string all = string.Join(' ', Expressions());
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

    private static List<string> Expressions()
    {
        using JsonDocument document = JsonDocument.Parse(DeployFiles.Read(Dashboard));
        return [.. document.RootElement.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
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
}
