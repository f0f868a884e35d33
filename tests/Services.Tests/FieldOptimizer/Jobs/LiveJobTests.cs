using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sjc.Contracts.Field.V1;
using Sjc.FieldOptimizer.Jobs;

namespace Sjc.Services.Tests.FieldOptimizer.Jobs;

public sealed class LiveJobTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly JobStore store;
    private readonly FakeTimeProvider time = new(TestRecords.Noon);
    private readonly LiveJob job;

    public LiveJobTests()
    {
        store = new JobStore(folder.Path, NullLogger<JobStore>.Instance);
        store.TryCreate(TestRecords.Record());
        job = new LiveJob(TestRecords.Record(), store, time);
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task WatchAsync_EndedJob_GetsItsStateAndEnds()
    {
        job.TryApply(new JobCommand.Cancel());

        Assert.Equal([JobState.Cancelled], await StatesAsync());
    }

    [Fact]
    public async Task WatchAsync_QuickWatcher_GetsEveryChange()
    {
        await using IAsyncEnumerator<JobSnapshot> watcher = job.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        JobCommand[] commands = [new JobCommand.Pause(), new JobCommand.Resume(), new JobCommand.Start(), new JobCommand.Succeed("ff")];
        List<JobState> seen = [];

        foreach (JobCommand command in commands)
        {
            Assert.True(await watcher.MoveNextAsync());
            seen.Add(watcher.Current.Record.Status.State);
            Assert.True(job.TryApply(command));
        }

        Assert.True(await watcher.MoveNextAsync());
        Assert.Equal([JobState.Queued, JobState.Paused, JobState.Queued, JobState.Running], seen);
        Assert.Equal(JobState.Succeeded, watcher.Current.Record.Status.State);
        Assert.False(await watcher.MoveNextAsync());
    }

    [Fact]
    public async Task WatchAsync_SlowWatcher_MissesSomeButNeverTheLast()
    {
        await using IAsyncEnumerator<JobSnapshot> watcher = job.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await watcher.MoveNextAsync());
        job.TryApply(new JobCommand.Start());
        for (int iteration = 1; iteration <= 1000; iteration++)
        {
            job.Report(Progress(iteration), null);
        }

        job.TryApply(new JobCommand.Succeed("ff"));
        List<JobSnapshot> rest = [];
        while (await watcher.MoveNextAsync())
        {
            rest.Add(watcher.Current);
        }

        Assert.Equal(JobWatchers.Capacity, rest.Count);
        Assert.Equal((JobState.Succeeded, 1000), (rest[^1].Record.Status.State, rest[^1].Progress.Iteration));
    }

    [Fact]
    public async Task WatchAsync_DeletedJob_Ends()
    {
        job.TryApply(new JobCommand.Pause());
        Task<List<JobState>> states = StatesAsync();

        Assert.True(job.TryDelete());

        Assert.Equal([JobState.Paused], await states);
        Assert.False(job.TryApply(new JobCommand.Resume()));
    }

    [Fact]
    public void TryApply_AcceptedCommand_IsStoredWithItsTime()
    {
        time.Advance(TimeSpan.FromSeconds(5));

        job.TryApply(new JobCommand.Pause());

        JobRecord stored = Assert.Single(store.Load());
        Assert.Equal((JobState.Paused, TestRecords.Noon.AddSeconds(5)), (stored.Status.State, stored.UpdateTime));
    }

    [Fact]
    public async Task WhenStoppedAsync_PausedWhileRunning_CompletesWithTheLoop()
    {
        using CancellationTokenSource stop = new();
        Assert.True(job.TryBeginLoop(stop));
        job.TryApply(new JobCommand.Pause());
        Assert.True(stop.IsCancellationRequested);
        Task stopped = job.WhenStoppedAsync(TestContext.Current.CancellationToken);
        Assert.False(stopped.IsCompleted);

        job.EndLoop(new JobCommand.Stop());

        await stopped;
        Assert.Equal(JobState.Paused, job.Now.Record.Status.State);
    }

    [Fact]
    public void EndLoop_PauseWithdrawn_IsQueuedAgain()
    {
        using CancellationTokenSource stop = new();
        job.TryBeginLoop(stop);
        job.TryApply(new JobCommand.Pause());
        job.TryApply(new JobCommand.Resume());

        job.EndLoop(new JobCommand.Stop());

        Assert.Equal(JobState.Queued, job.Now.Record.Status.State);
    }

    [Fact]
    public void LossHistory_MoreThanItHolds_KeepsTheNewest()
    {
        for (int iteration = 1; iteration <= LossHistory.Capacity + 10; iteration++)
        {
            job.Losses.Add(new LossSample(iteration, 0, 0, 0, 0));
        }

        IReadOnlyList<LossSample> all = job.Losses.After(-1);
        Assert.Equal((LossHistory.Capacity, 11), (all.Count, all[0].Iteration));
        Assert.Equal([1009, 1010], job.Losses.After(1008).Select(sample => sample.Iteration));
    }

    private static JobProgressValues Progress(int iteration) => new(iteration, 1, 1, 1, new LossSample(iteration, 1, 1, 1, 0));

    private async Task<List<JobState>> StatesAsync()
    {
        List<JobState> states = [];
        await foreach (JobSnapshot snapshot in job.WatchAsync(TestContext.Current.CancellationToken))
        {
            states.Add(snapshot.Record.Status.State);
        }

        return states;
    }
}
