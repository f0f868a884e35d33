using Grpc.Net.Client;
using Sjc.Contracts.Field.V1;
using Sjc.FieldOptimizer.Jobs;
using Sjc.Numerics;
using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>Both services as processes, killed at moments that a seed chooses: every job ends with the same field.</summary>
/// <remarks>SJC_KILLS=n kills n jobs of 300 iterations, one after another; by default 2 of 60.</remarks>
[Trait("Category", "EndToEnd")]
public sealed class ServiceProcessTests(UninterruptedRun whole) : IClassFixture<UninterruptedRun>, IDisposable
{
    private static readonly RandomKey Moments = new(20261122, RandomStream.Training);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Job_OptimizerKilled_EndsAsTheUninterruptedOne()
    {
        int killedInMidRun = 0;
        for (int run = 0; run < ProcessRun.Kills; run++)
        {
            uint moment = 1 + (uint)Moments.UniformInteger((uint)run, (int)(ProcessRun.Iterations * 3 / 4));
            string store = folder[$"killed-{run}"];
            string id;
            using (ServiceProcess optimizer = await ProcessRun.StartOptimizerAsync(store, whole.Scorer))
            using (GrpcChannel channel = GrpcChannel.ForAddress(optimizer.Address))
            {
                FieldService.FieldServiceClient client = new(channel);
                id = await ProcessRun.CreateAsync(client);
                await ProcessRun.WatchAsync(client, id, job => job.Progress.Iteration >= moment);
                await optimizer.KillAsync();
            }

            killedInMidRun += StoredStatus(store, id).State == JobState.Running ? 1 : 0;
            Job ended = await GoOnAsync(store, id, whole.Scorer);
            Assert.Equal((JobState.Succeeded, whole.FieldSha256), (ended.State, ended.FieldSha256));
        }

        Assert.True(killedInMidRun > 0);
    }

    [Fact]
    public async Task Job_ScorerKilledAndStartedAgain_EndsAsTheUninterruptedOne()
    {
        using ServiceProcess scorer = await ProcessRun.StartScorerAsync(whole.Pictures, null);
        using ServiceProcess optimizer = await ProcessRun.StartOptimizerAsync(folder["patient"], scorer.Address);
        using GrpcChannel channel = GrpcChannel.ForAddress(optimizer.Address);
        FieldService.FieldServiceClient client = new(channel);
        string id = await ProcessRun.CreateAsync(client);
        await ProcessRun.WatchAsync(client, id, job => job.Progress.Iteration >= ProcessRun.Iterations / 3);

        await scorer.KillAsync();
        scorer.Dispose();
        using ServiceProcess again = await ProcessRun.StartScorerAsync(whole.Pictures, scorer.Address);

        Job ended = await ProcessRun.WatchAsync(client, id, job => job.State == JobState.Succeeded);
        Assert.Equal(whole.FieldSha256, ended.FieldSha256);
    }

    [Fact]
    public async Task Job_OptimizerTerminated_LeavesACheckpointAndEndsAsTheUninterruptedOne()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "There is no SIGTERM on this system.");
        string id;
        using (ServiceProcess optimizer = await ProcessRun.StartOptimizerAsync(folder["terminated"], whole.Scorer))
        using (GrpcChannel channel = GrpcChannel.ForAddress(optimizer.Address))
        {
            FieldService.FieldServiceClient client = new(channel);
            id = await ProcessRun.CreateAsync(client);
            await ProcessRun.WatchAsync(client, id, job => job.Progress.Iteration >= 7);

            Assert.Equal(0, await optimizer.TerminateAsync());
        }

        JobRecord stored = Stored(folder["terminated"], id);
        Assert.True(stored.Checkpoint!.Iteration >= 7);
        Assert.NotEqual(JobState.Running, stored.Status.State);
        Assert.Equal(whole.FieldSha256, (await GoOnAsync(folder["terminated"], id, whole.Scorer)).FieldSha256);
    }

    [Fact]
    public async Task Jobs_TwoOptimizersOnOneScorer_BothEndAsOneAlone()
    {
        string[] hashes = await Task.WhenAll(ProcessRun.RunAsync(folder["left"], whole.Scorer), ProcessRun.RunAsync(folder["right"], whole.Scorer));

        Assert.Equal([whole.FieldSha256, whole.FieldSha256], hashes);
    }

    [Fact]
    public async Task Jobs_OneOfTwoScorersKilled_AllEndAsTheUndisturbedOne()
    {
        const int Jobs = 8;
        using ServiceProcess doomed = await ProcessRun.StartScorerAsync(whole.Pictures, null);
        using ServiceProcess optimizer = await ProcessRun.StartOptimizerAsync(
            folder["eight"], $"{doomed.Address},{whole.Scorer}", $"--Optimizer:MaxRunningJobs={Jobs}", "--Optimizer:RenderThreads=1");
        using GrpcChannel channel = GrpcChannel.ForAddress(optimizer.Address);
        FieldService.FieldServiceClient client = new(channel);
        string[] ids = await Task.WhenAll(Enumerable.Range(0, Jobs).Select(i => ProcessRun.CreateAsync(client, $"job-{i}")));
        await Task.WhenAll(ids.Select(id => ProcessRun.WatchAsync(client, id, job => job.Progress.Iteration >= 5)));

        await doomed.KillAsync();

        Job[] ended = await Task.WhenAll(ids.Select(id => ProcessRun.WatchAsync(client, id, job => job.State is JobState.Succeeded or JobState.Failed)));
        Assert.All(ended, job => Assert.Equal((JobState.Succeeded, whole.FieldSha256), (job.State, job.FieldSha256)));
    }

    [Fact]
    public async Task Start_StoreOfARunningOptimizer_IsRefused()
    {
        using ServiceProcess first = await ProcessRun.StartOptimizerAsync(folder["one"], whole.Scorer);

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => ProcessRun.StartOptimizerAsync(folder["one"], whole.Scorer));

        Assert.Contains("one server alone", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<Job> GoOnAsync(string store, string id, Uri scorer)
    {
        using ServiceProcess optimizer = await ProcessRun.StartOptimizerAsync(store, scorer);
        using GrpcChannel channel = GrpcChannel.ForAddress(optimizer.Address);
        return await ProcessRun.WatchAsync(new FieldService.FieldServiceClient(channel), id, job => job.State == JobState.Succeeded);
    }

    private static JobStatus StoredStatus(string store, string id) => Stored(store, id).Status;

    private static JobRecord Stored(string store, string id) => JobRecordJson.Deserialize(File.ReadAllBytes(Path.Combine(store, id, "job.json")));
}
