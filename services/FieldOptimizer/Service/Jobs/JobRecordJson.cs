using System.Text.Json;
using Google.Protobuf;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>A job's record as the text of job.json: messages in protobuf's own JSON form, the rest as plain fields.</summary>
internal static class JobRecordJson
{
    private const int Version = 1;
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static byte[] Serialize(JobRecord record) => JsonSerializer.SerializeToUtf8Bytes(
        new Document(
            Version,
            record.Id,
            record.RequestId,
            ToElement(record.RequestedSpec),
            ToElement(record.Spec),
            ToElement(record.Model),
            record.Status.State.ToString(),
            record.Status.Intent.ToString(),
            record.Status.Error,
            record.Status.FieldSha256,
            record.CreateTime,
            record.UpdateTime,
            record.Checkpoint,
            record.PreviousCheckpoint),
        Options);

    /// <exception cref="InvalidDataException">The text is no record of this version.</exception>
    public static JobRecord Deserialize(ReadOnlySpan<byte> utf8)
    {
        try
        {
            Document document = JsonSerializer.Deserialize<Document>(utf8, Options) ?? throw new InvalidDataException("job.json must hold an object, but is null.");
            return document.Version == Version
                ? ToRecord(document)
                : throw new InvalidDataException($"version must be {Version}, but is {document.Version}.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidProtocolBufferException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"job.json must be a job's record, but is not: {exception.Message}", exception);
        }
    }

    private static JobRecord ToRecord(Document document) => new()
    {
        Id = document.Id ?? throw new InvalidDataException("id must be set, but is missing."),
        RequestId = document.RequestId ?? "",
        RequestedSpec = JsonParser.Default.Parse<JobSpec>(document.RequestedSpec.GetRawText()),
        Spec = JsonParser.Default.Parse<JobSpec>(document.Spec.GetRawText()),
        Model = JsonParser.Default.Parse<Model>(document.Model.GetRawText()),
        Status = new JobStatus(Enum.Parse<JobState>(document.State), Enum.Parse<StopIntent>(document.Intent), document.Error ?? "", document.FieldSha256 ?? ""),
        CreateTime = document.CreateTime,
        UpdateTime = document.UpdateTime,
        Checkpoint = document.Checkpoint,
        PreviousCheckpoint = document.PreviousCheckpoint,
    };

    private static JsonElement ToElement(IMessage message) => JsonElement.Parse(JsonFormatter.Default.Format(message));

    private sealed record Document(
        int Version,
        string? Id,
        string? RequestId,
        JsonElement RequestedSpec,
        JsonElement Spec,
        JsonElement Model,
        string State,
        string Intent,
        string? Error,
        string? FieldSha256,
        DateTimeOffset CreateTime,
        DateTimeOffset UpdateTime,
        CheckpointRecord? Checkpoint,
        CheckpointRecord? PreviousCheckpoint);
}
