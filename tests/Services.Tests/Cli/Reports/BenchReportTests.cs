using System.Text.Json;
using Sjc.Cli;
using Sjc.Cli.Reports;

namespace Sjc.Services.Tests.Cli.Reports;

public sealed class BenchReportTests
{
    [Fact]
    public void WriteJson_TwoResults_HoldsEveryMember()
    {
        using MemoryStream stream = new();

        Sample().WriteJson(stream);

        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        Assert.Equal("bench sample", json.RootElement.GetProperty("name").GetString());
        Assert.True(json.RootElement.GetProperty("machine").GetProperty("cores").GetInt32() > 0);
        Assert.Equal(Environment.Version.ToString(), json.RootElement.GetProperty("versions").GetProperty("dotnet").GetString());
        JsonElement first = json.RootElement.GetProperty("results")[0];
        Assert.Equal(("ball", "time", 12.5, "ms"), (first.GetProperty("case").GetString(), first.GetProperty("metric").GetString(), first.GetProperty("value").GetDouble(), first.GetProperty("unit").GetString()));
    }

    [Fact]
    public void WriteJson_NoFigure_WritesNull()
    {
        using MemoryStream stream = new();

        Sample().WriteJson(stream);

        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("results")[2].GetProperty("value").ValueKind);
    }

    [Fact]
    public void WriteTable_TwoCases_HasOneRowPerCase()
    {
        using StringWriter writer = new();

        Sample().WriteTable(CliConsole.To(writer).Output);

        string[] rows = [.. writer.ToString().Split('\n').Where(line => line.Contains("ball", StringComparison.Ordinal) || line.Contains("fog", StringComparison.Ordinal))];
        Assert.Equal(2, rows.Length);
        Assert.Contains("12.5", rows[0], StringComparison.Ordinal);
        Assert.Contains("time [ms]", writer.ToString(), StringComparison.Ordinal);
    }

    private static BenchReport Sample()
    {
        BenchReport report = new("bench sample");
        report.Add("ball", "time", 12.5, "ms");
        report.Add("fog", "time", 3, "ms");
        report.Add("fog", "ratio", double.NaN);
        return report;
    }
}
