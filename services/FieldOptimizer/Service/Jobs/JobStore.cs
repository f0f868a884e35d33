using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Sjc.Numerics.Safetensors;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Jobs as folders: job.json, checkpoints, preview.png and losses.csv in each.</summary>
/// <remarks>
/// A checkpoint is written under its iteration's name before job.json names it, and older ones go after: whenever the process is
/// killed, job.json names files that are whole. The checkpoint before the last stays as a fallback.
/// </remarks>
internal sealed partial class JobStore : IDisposable
{
    private const string RecordFile = "job.json";
    private const string PreviewFile = "preview.png";
    private const string RemovedPrefix = ".removed-";
    private readonly string root;
    private readonly StoreLock storeLock;
    private readonly ILogger logger;

    /// <summary>Takes possession of a folder, which is made where it does not exist.</summary>
    /// <exception cref="IOException">Another server owns it.</exception>
    public JobStore(string root, ILogger<JobStore> logger)
    {
        this.root = Path.GetFullPath(root);
        this.logger = logger;
        Directory.CreateDirectory(this.root);
        storeLock = new StoreLock(this.root);
    }

    /// <summary>Every readable job, in order of creation. Folders that hold none are reported and left alone.</summary>
    public IReadOnlyList<JobRecord> Load()
    {
        List<JobRecord> records = [];
        foreach (string folder in Directory.EnumerateDirectories(root))
        {
            if (Path.GetFileName(folder).StartsWith(RemovedPrefix, StringComparison.Ordinal))
            {
                Directory.Delete(folder, recursive: true);
            }
            else if (TryLoad(folder, out JobRecord? record))
            {
                Clean(folder, record);
                records.Add(record);
            }
        }

        return [.. records.OrderBy(record => record.CreateTime).ThenBy(record => record.Id, StringComparer.Ordinal)];
    }

    /// <summary>Makes a new job's folder.</summary>
    /// <returns>False when a job of this id is there.</returns>
    public bool TryCreate(JobRecord record)
    {
        string folder = Folder(record.Id);
        if (Directory.Exists(folder))
        {
            return false;
        }

        Directory.CreateDirectory(folder);
        Save(record);
        return true;
    }

    /// <summary>Replaces a job's record.</summary>
    public void Save(JobRecord record) => AtomicFile.Write(PathOf(record.Id, RecordFile), JobRecordJson.Serialize(record));

    /// <summary>Removes a job's folder; one rename, then the files.</summary>
    public void Delete(string id)
    {
        string removed = Path.Combine(root, RemovedPrefix + id);
        Directory.Move(Folder(id), removed);
        Directory.Delete(removed, recursive: true);
    }

    /// <summary>Writes a checkpoint and saves the record that names it.</summary>
    /// <returns>The record with the new checkpoint.</returns>
    public JobRecord SaveCheckpoint(JobRecord record, int iteration, double elapsedSeconds, double scoreSeconds, SafetensorsWriter content)
    {
        string file = $"checkpoint-{iteration:D8}.safetensors";
        string sha256 = AtomicFile.Write(PathOf(record.Id, file), content.Write);
        CheckpointRecord checkpoint = new(iteration, file, sha256, elapsedSeconds, scoreSeconds);
        JobRecord saved = record with
        {
            Checkpoint = checkpoint,
            PreviousCheckpoint = record.Checkpoint is { } last && last.File != file ? last : record.PreviousCheckpoint,
        };
        Save(saved);
        RemoveUnnamedCheckpoints(Folder(record.Id), saved);
        return saved;
    }

    /// <summary>Reads the last checkpoint, or where it is damaged the one before.</summary>
    /// <returns>False when neither can be read.</returns>
    public bool TryReadCheckpoint(JobRecord record, [NotNullWhen(true)] out CheckpointRecord? checkpoint, [NotNullWhen(true)] out SafetensorsFile? content)
    {
        foreach (CheckpointRecord? candidate in new[] { record.Checkpoint, record.PreviousCheckpoint })
        {
            if (candidate is not null && TryRead(PathOf(record.Id, candidate.File), candidate, out content))
            {
                checkpoint = candidate;
                return true;
            }
        }

        (checkpoint, content) = (null, null);
        return false;
    }

    /// <summary>Replaces the job's preview picture.</summary>
    public void SavePreview(string id, PreviewPicture preview) => AtomicFile.Write(PathOf(id, PreviewFile), preview.Png);

    /// <summary>The job's preview picture; null where there is none yet.</summary>
    public PreviewPicture? ReadPreview(string id)
    {
        string path = PathOf(id, PreviewFile);
        return File.Exists(path) ? PreviewPicture.FromPng(File.ReadAllBytes(path)) : null;
    }

    /// <summary>The job's losses.</summary>
    public LossLog OpenLossLog(string id) => new(PathOf(id, "losses.csv"));

    public void Dispose() => storeLock.Dispose();

    private bool TryRead(string path, CheckpointRecord checkpoint, [NotNullWhen(true)] out SafetensorsFile? content)
    {
        content = null;
        try
        {
            using FileStream file = File.OpenRead(path);
            string actual = Convert.ToHexStringLower(SHA256.HashData(file));
            if (actual != checkpoint.Sha256)
            {
                LogDamagedCheckpoint(path, $"its SHA-256 must be {checkpoint.Sha256}, but is {actual}");
                return false;
            }

            file.Position = 0;
            content = SafetensorsFile.Read(file);
            return true;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            LogDamagedCheckpoint(path, exception.Message);
            return false;
        }
    }

    private bool TryLoad(string folder, [NotNullWhen(true)] out JobRecord? record)
    {
        record = null;
        try
        {
            record = JobRecordJson.Deserialize(File.ReadAllBytes(Path.Combine(folder, RecordFile)));
            if (record.Id == Path.GetFileName(folder))
            {
                return true;
            }

            LogUnreadableJob(folder, $"its id must be the folder's name, but is {record.Id}");
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            LogUnreadableJob(folder, exception.Message);
        }

        record = null;
        return false;
    }

    /// <summary>Removes what a killed process left: files half written, and checkpoints that no record names.</summary>
    private static void Clean(string folder, JobRecord record)
    {
        foreach (string temporary in Directory.EnumerateFiles(folder, "*" + AtomicFile.TemporarySuffix))
        {
            File.Delete(temporary);
        }

        RemoveUnnamedCheckpoints(folder, record);
    }

    private static void RemoveUnnamedCheckpoints(string folder, JobRecord record)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "checkpoint-*.safetensors"))
        {
            string name = Path.GetFileName(path);
            if (name != record.Checkpoint?.File && name != record.PreviousCheckpoint?.File)
            {
                File.Delete(path);
            }
        }
    }

    private string Folder(string id) => Path.Combine(root, id);

    private string PathOf(string id, string file) => Path.Combine(root, id, file);

    [LoggerMessage(EventId = 100, Level = LogLevel.Warning, Message = "Checkpoint {Path} cannot be used: {Reason}.")]
    private partial void LogDamagedCheckpoint(string path, string reason);

    [LoggerMessage(EventId = 101, Level = LogLevel.Error, Message = "Folder {Folder} holds no readable job and is left alone: {Reason}.")]
    private partial void LogUnreadableJob(string folder, string reason);
}
