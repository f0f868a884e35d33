using System.Text.Json;
using Spectre.Console;

namespace Sjc.Cli.Reports;

/// <summary>The results of a <c>bench</c> or <c>evaluate</c> command: a table for people, JSON for machines.</summary>
/// <param name="name">The command, such as <c>bench render</c>.</param>
internal sealed class BenchReport(string name)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>More metrics than that do not fit beside each other.</summary>
    private const int MaxColumns = 12;

    private readonly List<BenchResult> results = [];

    /// <summary>The results in the order in which they were added.</summary>
    public IReadOnlyList<BenchResult> Results => results;

    /// <summary>Adds one figure; see <see cref="BenchResult"/>.</summary>
    public void Add(string @case, string metric, double value, string unit = "") => results.Add(new(@case, metric, value, unit));

    /// <summary>Writes the table, and the JSON where a file is given for it.</summary>
    public void Write(CliConsole console, string? jsonPath)
    {
        WriteTable(console.Output);
        if (jsonPath is not null)
        {
            WriteJson(jsonPath);
        }
    }

    /// <summary>Writes one row per case and one column per metric, both in order of first appearance; where there are many metrics, one row per figure.</summary>
    public void WriteTable(IAnsiConsole console)
    {
        List<(string Metric, string Unit)> columns = [.. results.Select(result => (result.Metric, result.Unit)).Distinct()];
        if (columns.Count > MaxColumns)
        {
            WriteList(console);
            return;
        }

        Table table = new Table { Title = new TableTitle(Markup.Escape(name)) }.AddColumn("case");
        foreach ((string metric, string unit) in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(unit.Length == 0 ? metric : $"{metric} [{unit}]")).RightAligned());
        }

        foreach (IGrouping<string, BenchResult> rows in results.GroupBy(result => result.Case))
        {
            table.AddRow([Markup.Escape(rows.Key), .. columns.Select(column => Cell(rows, column))]);
        }

        console.Write(table);
    }

    private void WriteList(IAnsiConsole console)
    {
        Table table = new Table { Title = new TableTitle(Markup.Escape(name)) }.AddColumn("case").AddColumn("metric").AddColumn(new TableColumn("value").RightAligned()).AddColumn("unit");
        foreach (IGrouping<string, BenchResult> rows in results.GroupBy(result => result.Case))
        {
            foreach (BenchResult result in rows)
            {
                table.AddRow(Markup.Escape(result == rows.First() ? result.Case : string.Empty), Markup.Escape(result.Metric), result.Value.ToString("G5"), Markup.Escape(result.Unit));
            }
        }

        console.Write(table);
    }

    /// <summary>Writes {"name", "machine", "versions", "results": [{"case", "metric", "value", "unit"}]} to a file.</summary>
    public void WriteJson(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream stream = File.Create(path);
        WriteJson(stream);
    }

    /// <summary>As <see cref="WriteJson(string)"/>, to a stream.</summary>
    public void WriteJson(Stream stream)
    {
        using Utf8JsonWriter writer = new(stream, Indented);
        writer.WriteStartObject();
        writer.WriteString("name", name);
        MachineDescription.WriteTo(writer);
        writer.WriteStartArray("results");
        foreach (BenchResult result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("case", result.Case);
            writer.WriteString("metric", result.Metric);
            if (double.IsFinite(result.Value))
            {
                writer.WriteNumber("value", result.Value);
            }
            else
            {
                writer.WriteNull("value");
            }

            writer.WriteString("unit", result.Unit);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Cell(IEnumerable<BenchResult> rows, (string Metric, string Unit) column)
    {
        BenchResult? result = rows.FirstOrDefault(row => (row.Metric, row.Unit) == column);
        return result is null ? string.Empty : result.Value.ToString("G5");
    }
}
