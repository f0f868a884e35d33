using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Sjc.Cli.Pictures;

namespace Sjc.Cli.Runs;

/// <summary>run.json: everything that made a run, and what is needed to go on with it.</summary>
internal sealed record RunRecord
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonFormatter ProtoJson = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    public required string Prompt { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>running, paused, failed, cancelled or succeeded.</summary>
    public required string State { get; init; }

    /// <summary>Of the job on its optimizer.</summary>
    public required string JobId { get; init; }

    /// <summary>Address of the scorer; null: in the process of the run.</summary>
    public Uri? Scorer { get; init; }

    /// <summary>Address of the optimizer; null: in the process of the run.</summary>
    public Uri? Optimizer { get; init; }

    public required RunViews Views { get; init; }

    /// <summary>The job's spec with every field filled in.</summary>
    public required JsonNode Options { get; init; }

    /// <summary>The model's description, where the scorer was asked.</summary>
    public JsonNode? Model { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Of the final field's tensors; empty before the end.</summary>
    public string FieldSha256 { get; init; } = string.Empty;

    /// <summary>Seconds spent in each part.</summary>
    public IReadOnlyDictionary<string, double> Timings { get; init; } = new Dictionary<string, double>();

    /// <summary>What was measured on and with: the same members as in the reports of bench.</summary>
    public JsonNode? Environment { get; init; }

    /// <summary>The files of the folder and their sizes in bytes.</summary>
    public IReadOnlyDictionary<string, long> Outputs { get; init; } = new Dictionary<string, long>();

    /// <summary>What is missing, and why.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>A message as a JSON tree with the proto's own field names.</summary>
    public static JsonNode ToJson(IMessage message) => JsonNode.Parse(ProtoJson.Format(message))!;

    /// <summary>The same as indented text.</summary>
    public static string ToText(IMessage message) => ToJson(message).ToJsonString(Json);

    /// <summary>Reads a run's record; null where the folder holds none.</summary>
    /// <exception cref="InvalidDataException">The file is no record.</exception>
    public static RunRecord? Read(RunFolder folder)
    {
        try
        {
            return File.Exists(folder.Record) ? JsonSerializer.Deserialize<RunRecord>(File.ReadAllBytes(folder.Record), Json) : null;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{folder.Record} must be a run's record, but is not: {exception.Message}", exception);
        }
    }

    /// <summary>Replaces the run's record.</summary>
    public void Write(RunFolder folder) => PictureFile.ReplaceFile(folder.Record, JsonSerializer.SerializeToUtf8Bytes(this, Json));
}
