using Grpc.Core;
using Sjc.Contracts.Field.V1;
using Sjc.Services.Tests.FieldOptimizer.Scoring;

namespace Sjc.Services.Tests.FieldOptimizer.Api;

/// <summary>The calls of FieldService over loopback gRPC, on jobs of a few iterations.</summary>
public sealed class FieldServiceTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private FakeScorer scorer = null!;
    private OptimizerServer server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static JobSpec Spec => new()
    {
        Prompt = "a red dot",
        Seed = 5,
        Iterations = 12,
        CheckpointEvery = 4,
        PreviewEvery = 5,
        Field = new FieldSpec { GridSize = 6, RenderSize = 8 },
        Score = new ScoreSpec { SigmaMin = 0.5, SigmaMaxStart = 4, SigmaMaxEnd = 1 },
    };

    public async ValueTask InitializeAsync()
    {
        scorer = await FakeScorer.StartNewAsync();
        server = await OptimizerServer.StartAsync(scorer.Address, folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await scorer.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task CreateJob_SmallSpec_SucceedsWithEveryFieldFilledIn()
    {
        Job created = await server.CreateAsync(Spec);
        Job ended = await server.EndOfAsync(created.Id);

        Assert.Equal(JobState.Succeeded, ended.State);
        Assert.Equal((12u, 12u, 12u), (ended.Progress.Iteration, ended.Progress.Iterations, ended.CheckpointIteration));
        Assert.Matches("^[0-9a-f]{64}$", ended.FieldSha256);
        Assert.Equal(("dots", 70.0), (ended.Spec.Model, ended.Spec.Camera.FovMaxDegrees));
        Assert.Equal(12, scorer.Behavior.Requests);
    }

    [Fact]
    public async Task CreateJob_SameSeed_GivesTheSameField()
    {
        Job first = await server.EndOfAsync((await server.CreateAsync(Spec)).Id);
        Job second = await server.EndOfAsync((await server.CreateAsync(Spec)).Id);
        JobSpec other = Spec;
        other.Seed = 6;
        Job third = await server.EndOfAsync((await server.CreateAsync(other)).Id);

        Assert.Equal(first.FieldSha256, second.FieldSha256);
        Assert.NotEqual(first.FieldSha256, third.FieldSha256);
    }

    [Fact]
    public async Task CreateJob_ManyViewsAndDraws_Succeeds()
    {
        JobSpec spec = Spec;
        spec.Score.ViewsPerIteration = 3;
        spec.Score.Draws = 2;

        Assert.Equal(JobState.Succeeded, (await server.EndOfAsync((await server.CreateAsync(spec)).Id)).State);
    }

    [Fact]
    public async Task CreateJob_SameRequestId_IsTheSameJob()
    {
        Job first = await server.CreateAsync(Spec, "once");
        Job second = await server.CreateAsync(Spec, "once");

        Assert.Equal(first.Id, second.Id);
        Assert.Single((await server.Client.ListJobsAsync(new ListJobsRequest(), cancellationToken: Token)).Jobs);
    }

    [Fact]
    public async Task CreateJob_SameRequestIdAtOnce_MakesOneJob()
    {
        Job[] jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.CreateAsync(Spec, "once")));

        Assert.Single(jobs.Select(job => job.Id).Distinct());
    }

    [Fact]
    public async Task CreateJob_SameRequestIdOtherSpec_AlreadyExists()
    {
        await server.CreateAsync(Spec, "once");
        JobSpec other = Spec;
        other.Seed = 6;

        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(() => server.CreateAsync(other, "once"))).StatusCode);
    }

    [Fact]
    public async Task CreateJob_BadSpec_NamesEveryFault()
    {
        JobSpec spec = Spec;
        (spec.Iterations, spec.Field.GridSize, spec.Prompt) = (0, 1000, "");

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => server.CreateAsync(spec));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Google.Rpc.BadRequest details = exception.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!;
        Assert.Equal(["spec.prompt", "spec.iterations", "spec.field.grid_size"], details.FieldViolations.Select(violation => violation.Field));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("../x")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public async Task CreateJob_BadRequestId_IsInvalid(string requestId) =>
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => server.CreateAsync(Spec, requestId))).StatusCode);

    [Fact]
    public async Task CreateJob_UnknownModel_IsInvalid()
    {
        JobSpec spec = Spec;
        spec.Model = "cats";

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => server.CreateAsync(spec));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Equal("spec.model must be a model of the scorer, but is 'cats'.", exception.Status.Detail);
    }

    [Fact]
    public async Task CreateJob_NoScorer_IsUnavailable()
    {
        await using OptimizerServer alone = await OptimizerServer.StartAsync(new Uri("http://127.0.0.1:9"), folder["alone"], "--Scorer:DescribeTimeout=00:00:00.2");

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => alone.CreateAsync(Spec))).StatusCode);
    }

    [Fact]
    public async Task WatchJob_WholeRun_HasEveryLossAndPreviews()
    {
        TaskCompletionSource start = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Behavior.Hold = _ => start.Task;
        Job created = await server.CreateAsync(Spec);
        Task<List<WatchJobResponse>> watching = server.WatchAsync(created.Id, previews: true);
        start.SetResult();

        List<WatchJobResponse> events = await watching;

        Assert.Equal(Enumerable.Range(1, 12).Select(i => (uint)i), events.SelectMany(response => response.LossPoints).Select(point => point.Iteration));
        Picture preview = events.Last(response => response.Preview is not null).Preview;
        Assert.Equal((8u, 8u), (preview.Width, preview.Height));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], preview.Png.ToByteArray()[..4]);
        Assert.All(events.SelectMany(response => response.LossPoints), point => Assert.True(point.Losses.ScoreRms > 0));
    }

    [Fact]
    public async Task WatchJob_EndedJob_GivesItsEndAndAllLosses()
    {
        Job ended = await server.EndOfAsync((await server.CreateAsync(Spec)).Id);

        WatchJobResponse only = Assert.Single(await server.WatchAsync(ended.Id, previews: true));

        Assert.Equal(ended, only.Job);
        Assert.Equal(12, only.LossPoints.Count);
        Assert.NotNull(only.Preview);
    }

    [Fact]
    public async Task PauseJob_Running_StopsWithACheckpointAndGoesOnToTheSameEnd()
    {
        string expected = (await server.EndOfAsync((await server.CreateAsync(Spec)).Id)).FieldSha256;
        TaskCompletionSource held = HoldFrom(scorer.Behavior.Requests + 7);
        Job job = await server.CreateAsync(Spec);
        await server.WhenAsync(job.Id, now => now.Progress.Iteration == 6);

        Job paused = (await server.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id }, cancellationToken: Token)).Job;

        Assert.Equal((JobState.Paused, 6u), (paused.State, paused.CheckpointIteration));
        Assert.Equal(paused, (await server.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id }, cancellationToken: Token)).Job);
        held.SetResult();
        int asked = scorer.Behavior.Requests;
        await server.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }, cancellationToken: Token);
        Assert.Equal(expected, (await server.EndOfAsync(job.Id)).FieldSha256);
        Assert.Equal(12 - 6, scorer.Behavior.Requests - asked);
    }

    [Fact]
    public async Task CancelJob_Running_EndsForGood()
    {
        HoldFrom(3);
        Job job = await server.CreateAsync(Spec);
        await server.WhenAsync(job.Id, now => now.Progress.Iteration == 2);

        Job cancelled = (await server.Client.CancelJobAsync(new CancelJobRequest { Id = job.Id }, cancellationToken: Token)).Job;

        Assert.Equal((JobState.Cancelled, 2u), (cancelled.State, cancelled.CheckpointIteration));
        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }, cancellationToken: Token));
        Assert.Equal(StatusCode.FailedPrecondition, exception.StatusCode);
    }

    [Fact]
    public async Task PauseJob_Ended_FailedPrecondition()
    {
        Job job = await server.EndOfAsync((await server.CreateAsync(Spec)).Id);

        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id }, cancellationToken: Token));

        Assert.Equal(StatusCode.FailedPrecondition, exception.StatusCode);
    }

    [Fact]
    public async Task DeleteJob_EndedJob_IsGone()
    {
        Job job = await server.EndOfAsync((await server.CreateAsync(Spec, "once")).Id);

        await server.Client.DeleteJobAsync(new DeleteJobRequest { Id = job.Id }, cancellationToken: Token);

        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => server.GetAsync(job.Id))).StatusCode);
        Assert.False(Directory.Exists(folder[job.Id]));
        Assert.NotEqual(job.Id, (await server.CreateAsync(Spec, "once")).Id);
    }

    [Fact]
    public async Task DeleteJob_RunningJob_FailedPrecondition()
    {
        HoldFrom(1);
        Job job = await server.CreateAsync(Spec);

        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.DeleteJobAsync(new DeleteJobRequest { Id = job.Id }, cancellationToken: Token));

        Assert.Equal(StatusCode.FailedPrecondition, exception.StatusCode);
    }

    [Fact]
    public async Task ListJobs_SmallPages_GivesEveryJobOnceLatestFirst()
    {
        HoldFrom(1);
        List<string> created = [];
        for (int i = 0; i < 5; i++)
        {
            created.Add((await server.CreateAsync(Spec)).Id);
        }

        List<string> listed = [];
        string token = "";
        do
        {
            ListJobsResponse page = await server.Client.ListJobsAsync(new ListJobsRequest { PageSize = 2, PageToken = token }, cancellationToken: Token);
            Assert.InRange(page.Jobs.Count, 1, 2);
            listed.AddRange(page.Jobs.Select(job => job.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        created.Reverse();
        Assert.Equal(created, listed);
    }

    [Theory]
    [InlineData("nonsense!", 10u)]
    [InlineData("bm9uc2Vuc2U", 10u)]
    [InlineData("", 1001u)]
    public async Task ListJobs_BadPage_IsInvalid(string token, uint size)
    {
        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ListJobsAsync(new ListJobsRequest { PageToken = token, PageSize = size }, cancellationToken: Token));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
    }

    [Fact]
    public async Task Run_MoreJobsThanPlaces_QueuesTheRest()
    {
        TaskCompletionSource held = HoldFrom(1);
        List<Job> jobs = [];
        for (int i = 0; i < 3; i++)
        {
            jobs.Add(await server.CreateAsync(Spec));
        }

        await server.WhenAsync(jobs[1].Id, job => job.State == JobState.Running);
        Assert.Equal(JobState.Queued, (await server.GetAsync(jobs[2].Id)).State);
        held.SetResult();

        foreach (Job job in jobs)
        {
            Assert.Equal(JobState.Succeeded, (await server.EndOfAsync(job.Id)).State);
        }
    }

    [Fact]
    public async Task Run_ScorerRefuses_FailsWithItsWordsAndCanGoOn()
    {
        string expected = (await server.EndOfAsync((await server.CreateAsync(Spec)).Id)).FieldSha256;
        int first = scorer.Behavior.Requests;
        scorer.Behavior.Refuse = (number, _) => number == first + 6
            ? new Google.Rpc.Status { Code = (int)Google.Rpc.Code.InvalidArgument, Message = "sigmas[0] must be liked, but is not." }
            : null;

        Job failed = await server.EndOfAsync((await server.CreateAsync(Spec)).Id);

        Assert.Equal((JobState.Failed, 5u), (failed.State, failed.CheckpointIteration));
        Assert.Contains("sigmas[0] must be liked, but is not.", failed.Error, StringComparison.Ordinal);
        await server.Client.ResumeJobAsync(new ResumeJobRequest { Id = failed.Id }, cancellationToken: Token);
        Assert.Equal(expected, (await server.EndOfAsync(failed.Id)).FieldSha256);
    }

    [Fact]
    public async Task Run_ScorerDiesInMidRun_GoesOnToTheSameEnd()
    {
        string expected = (await server.EndOfAsync((await server.CreateAsync(Spec)).Id)).FieldSha256;
        int first = scorer.Behavior.Requests;
        HoldFrom(first + 5);
        Job job = await server.CreateAsync(Spec);
        await server.WhenAsync(job.Id, now => now.Progress.Iteration == 4);

        await scorer.DieAsync();
        scorer.Behavior.Hold = null;
        await scorer.StartAsync();

        Assert.Equal(expected, (await server.EndOfAsync(job.Id)).FieldSha256);
    }

    [Fact]
    public async Task Run_ServerStopsAndStartsAgain_GoesOnToTheSameEnd()
    {
        string expected = (await server.EndOfAsync((await server.CreateAsync(Spec)).Id)).FieldSha256;
        TaskCompletionSource held = HoldFrom(scorer.Behavior.Requests + 7);
        Job job = await server.CreateAsync(Spec);
        await server.WhenAsync(job.Id, now => now.Progress.Iteration == 6);
        Task<List<WatchJobResponse>> watching = server.WatchAsync(job.Id);

        await server.StopAsync();

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => watching)).StatusCode);
        await server.DisposeAsync();
        held.SetResult();
        server = await OptimizerServer.StartAsync(scorer.Address, folder.Path);
        Job ended = await server.EndOfAsync(job.Id);
        Assert.Equal((JobState.Succeeded, expected), (ended.State, ended.FieldSha256));
        Assert.Equal(12, (await server.WatchAsync(job.Id))[0].LossPoints.Count);
    }

    private TaskCompletionSource HoldFrom(int request)
    {
        TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        scorer.Behavior.Hold = number => number >= request ? held.Task : Task.CompletedTask;
        return held;
    }
}
