using Microsoft.Extensions.Logging.Abstractions;
using Sjc.Contracts.Field.V1;
using Sjc.FieldOptimizer.Jobs;
using Sjc.Numerics.Safetensors;

namespace Sjc.Services.Tests.FieldOptimizer.Jobs;

public sealed class JobStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private JobStore store;

    public JobStoreTests() => store = Open();

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Load_SavedRecord_IsEqual()
    {
        JobRecord record = TestRecords.Record(requestId: "once") with
        {
            Status = JobStatus.Created with { State = JobState.Running, Intent = StopIntent.Pause },
        };
        record.Model.SigmaLadder.Add([80.5, 1.0 / 3]);

        Assert.True(store.TryCreate(record));

        Assert.Equal(record, Assert.Single(Reopen().Load()));
    }

    [Fact]
    public void TryCreate_SameId_IsRefused()
    {
        Assert.True(store.TryCreate(TestRecords.Record()));

        Assert.False(store.TryCreate(TestRecords.Record()));
    }

    [Fact]
    public void Open_FolderInUse_Throws()
    {
        IOException exception = Assert.Throws<IOException>(Open);

        Assert.Contains("one server alone", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SaveCheckpoint_Thrice_KeepsTheLastTwo()
    {
        JobRecord record = Created();
        for (int iteration = 1; iteration <= 3; iteration++)
        {
            record = store.SaveCheckpoint(record, iteration, 0.5 * iteration, 0.25 * iteration, TestRecords.Content(iteration));
        }

        Assert.Equal((3, 2), (record.Checkpoint!.Iteration, record.PreviousCheckpoint!.Iteration));
        Assert.Equal(2, Directory.GetFiles(folder[record.Id], "checkpoint-*").Length);
        JobRecord loaded = Assert.Single(Reopen().Load());
        Assert.Equal(record, loaded);
        Assert.True(store.TryReadCheckpoint(loaded, out CheckpointRecord? checkpoint, out SafetensorsFile? content));
        Assert.Equal(3, checkpoint.Iteration);
        Assert.Equal([3f, 4f], content.Floats("density"));
    }

    [Fact]
    public void SaveCheckpoint_SameIterationAgain_KeepsTheOneBefore()
    {
        JobRecord record = store.SaveCheckpoint(Created(), 1, 0, 0, TestRecords.Content(1));
        record = store.SaveCheckpoint(record, 2, 0, 0, TestRecords.Content(2));
        record = store.SaveCheckpoint(record, 2, 0, 0, TestRecords.Content(2));

        Assert.Equal((2, 1), (record.Checkpoint!.Iteration, record.PreviousCheckpoint!.Iteration));
    }

    public enum Damage
    {
        Removed,
        Emptied,
        Truncated,
        OneBitFlipped,
    }

    [Theory]
    [InlineData(Damage.Removed)]
    [InlineData(Damage.Emptied)]
    [InlineData(Damage.Truncated)]
    [InlineData(Damage.OneBitFlipped)]
    public void TryReadCheckpoint_LastIsDamaged_FallsBackToTheOneBefore(Damage damage)
    {
        JobRecord record = store.SaveCheckpoint(Created(), 1, 0, 0, TestRecords.Content(1));
        record = store.SaveCheckpoint(record, 2, 0, 0, TestRecords.Content(2));
        Apply(damage, folder[Path.Combine(record.Id, record.Checkpoint!.File)]);

        Assert.True(store.TryReadCheckpoint(record, out CheckpointRecord? checkpoint, out SafetensorsFile? content));
        Assert.Equal(1, checkpoint.Iteration);
        Assert.Equal([1f, 2f], content.Floats("density"));
    }

    [Fact]
    public void TryReadCheckpoint_BothAreDamaged_IsFalse()
    {
        JobRecord record = store.SaveCheckpoint(Created(), 1, 0, 0, TestRecords.Content(1));
        record = store.SaveCheckpoint(record, 2, 0, 0, TestRecords.Content(2));
        Apply(Damage.Truncated, folder[Path.Combine(record.Id, record.Checkpoint!.File)]);
        Apply(Damage.OneBitFlipped, folder[Path.Combine(record.Id, record.PreviousCheckpoint!.File)]);

        Assert.False(store.TryReadCheckpoint(record, out _, out _));
    }

    [Fact]
    public void Load_KilledWhileWritingACheckpoint_RemovesThePartAndKeepsTheLast()
    {
        JobRecord record = store.SaveCheckpoint(Created(), 1, 0, 0, TestRecords.Content(1));
        string part = folder[Path.Combine(record.Id, "checkpoint-00000002.safetensors.tmp")];
        File.WriteAllBytes(part, [1, 2, 3]);

        JobRecord loaded = Assert.Single(Reopen().Load());

        Assert.False(File.Exists(part));
        Assert.True(store.TryReadCheckpoint(loaded, out CheckpointRecord? checkpoint, out _));
        Assert.Equal(1, checkpoint.Iteration);
    }

    [Fact]
    public void Load_KilledBetweenCheckpointAndRecord_RemovesTheUnnamedOne()
    {
        JobRecord record = store.SaveCheckpoint(Created(), 1, 0, 0, TestRecords.Content(1));
        string unnamed = folder[Path.Combine(record.Id, "checkpoint-00000002.safetensors")];
        TestRecords.Content(2).WriteAtomically(unnamed);

        JobRecord loaded = Assert.Single(Reopen().Load());

        Assert.Equal(1, loaded.Checkpoint!.Iteration);
        Assert.False(File.Exists(unnamed));
    }

    [Fact]
    public void Load_KilledWhileWritingTheRecord_KeepsTheOldOne()
    {
        JobRecord record = Created();
        File.WriteAllText(folder[Path.Combine(record.Id, "job.json.tmp")], "{\"version\":1,");

        Assert.Equal(record, Assert.Single(Reopen().Load()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":1,\"id\":\"b\",\"spec\":{\"nonsense\":1}}")]
    public void Load_UnreadableRecord_IsLeftAloneAndOthersAreLoaded(string text)
    {
        JobRecord record = Created();
        Directory.CreateDirectory(folder["b"]);
        File.WriteAllText(folder["b/job.json"], text);

        Assert.Equal(record, Assert.Single(Reopen().Load()));
        Assert.True(File.Exists(folder["b/job.json"]));
    }

    [Fact]
    public void Load_SeveralJobs_AreInOrderOfCreation()
    {
        store.TryCreate(TestRecords.Record("c") with { CreateTime = TestRecords.Noon.AddSeconds(1) });
        store.TryCreate(TestRecords.Record("b"));
        store.TryCreate(TestRecords.Record("a") with { CreateTime = TestRecords.Noon.AddSeconds(2) });

        Assert.Equal(["b", "c", "a"], store.Load().Select(record => record.Id));
    }

    [Fact]
    public void Load_KilledWhileDeleting_RemovesTheRest()
    {
        Directory.CreateDirectory(folder[".removed-x"]);
        File.WriteAllText(folder[".removed-x/job.json"], "{}");

        Assert.Empty(Reopen().Load());
        Assert.False(Directory.Exists(folder[".removed-x"]));
    }

    [Fact]
    public void Delete_Job_RemovesItsFolder()
    {
        JobRecord record = Created();

        store.Delete(record.Id);

        Assert.False(Directory.Exists(folder[record.Id]));
        Assert.Empty(store.Load());
    }

    private JobStore Open() => new(folder.Path, NullLogger<JobStore>.Instance);

    private JobStore Reopen()
    {
        store.Dispose();
        return store = Open();
    }

    private JobRecord Created()
    {
        JobRecord record = TestRecords.Record();
        store.TryCreate(record);
        return record;
    }

    private static void Apply(Damage damage, string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= damage == Damage.OneBitFlipped ? (byte)1 : (byte)0;
        File.WriteAllBytes(path, damage switch
        {
            Damage.Emptied => [],
            Damage.Truncated => bytes[..^3],
            _ => bytes,
        });
        if (damage == Damage.Removed)
        {
            File.Delete(path);
        }
    }
}
