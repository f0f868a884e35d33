using Grpc.Core;
using Sjc.Contracts.Field.V1;

namespace Sjc.Services.Tests.FieldOptimizer.Api;

/// <summary>The calls of FieldService over loopback gRPC, on jobs of a few iterations.</summary>
public sealed class FieldServiceTests : OptimizerTestBase
{
    [Fact]
    public async Task CreateJob_SmallSpec_SucceedsWithEveryFieldFilledIn()
    {
        Job created = await Server.CreateAsync(Spec);
        Job ended = await Server.EndOfAsync(created.Id);

        Assert.Equal(JobState.Succeeded, ended.State);
        Assert.Equal((12u, 12u, 12u), (ended.Progress.Iteration, ended.Progress.Iterations, ended.CheckpointIteration));
        Assert.Matches("^[0-9a-f]{64}$", ended.FieldSha256);
        Assert.Equal(("dots", 70.0), (ended.Spec.Model, ended.Spec.Camera.FovMaxDegrees));
        Assert.Equal(12, Scorer.Behavior.Requests);
    }

    [Fact]
    public async Task CreateJob_SameSeed_GivesTheSameField()
    {
        Job first = await Server.EndOfAsync((await Server.CreateAsync(Spec)).Id);
        Job second = await Server.EndOfAsync((await Server.CreateAsync(Spec)).Id);
        JobSpec other = Spec;
        other.Seed = 6;
        Job third = await Server.EndOfAsync((await Server.CreateAsync(other)).Id);

        Assert.Equal(first.FieldSha256, second.FieldSha256);
        Assert.NotEqual(first.FieldSha256, third.FieldSha256);
    }

    [Fact]
    public async Task CreateJob_ManyViewsAndDraws_Succeeds()
    {
        JobSpec spec = Spec;
        spec.Score.ViewsPerIteration = 3;
        spec.Score.Draws = 2;

        Assert.Equal(JobState.Succeeded, (await Server.EndOfAsync((await Server.CreateAsync(spec)).Id)).State);
    }

    [Fact]
    public async Task CreateJob_SameRequestId_IsTheSameJob()
    {
        Job first = await Server.CreateAsync(Spec, "once");
        Job second = await Server.CreateAsync(Spec, "once");

        Assert.Equal(first.Id, second.Id);
        Assert.Single((await Server.Client.ListJobsAsync(new ListJobsRequest(), cancellationToken: Token)).Jobs);
    }

    [Fact]
    public async Task CreateJob_SameRequestIdAtOnce_MakesOneJob()
    {
        Job[] jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Server.CreateAsync(Spec, "once")));

        Assert.Single(jobs.Select(job => job.Id).Distinct());
    }

    [Fact]
    public async Task CreateJob_SameRequestIdOtherSpec_AlreadyExists()
    {
        await Server.CreateAsync(Spec, "once");
        JobSpec other = Spec;
        other.Seed = 6;

        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(() => Server.CreateAsync(other, "once"))).StatusCode);
    }

    [Fact]
    public async Task CreateJob_BadSpec_NamesEveryFault()
    {
        JobSpec spec = Spec;
        (spec.Iterations, spec.Field.GridSize, spec.Prompt) = (0, 1000, "");

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => Server.CreateAsync(spec));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Google.Rpc.BadRequest details = exception.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!;
        Assert.Equal(["spec.prompt", "spec.iterations", "spec.field.grid_size"], details.FieldViolations.Select(violation => violation.Field));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("../x")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public async Task CreateJob_BadRequestId_IsInvalid(string requestId) =>
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => Server.CreateAsync(Spec, requestId))).StatusCode);

    [Fact]
    public async Task CreateJob_UnknownModel_IsInvalid()
    {
        JobSpec spec = Spec;
        spec.Model = "cats";

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => Server.CreateAsync(spec));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Equal("spec.model must be a model of the scorer, but is 'cats'.", exception.Status.Detail);
    }

    [Fact]
    public async Task CreateJob_PromptThatTheModelDoesNotTake_IsInvalidInItsWords()
    {
        JobSpec spec = Spec;
        spec.Prompt = "a unicorn";

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => Server.CreateAsync(spec));

        Assert.Equal((StatusCode.InvalidArgument, "prompts[0] must name dots, but is 'backside view of a unicorn'."), (exception.StatusCode, exception.Status.Detail));
    }

    [Fact]
    public async Task CreateJob_NoScorer_IsUnavailable()
    {
        await using OptimizerServer alone = await OptimizerServer.StartAsync(new Uri("http://127.0.0.1:9"), Folder["alone"], "--Scorer:DescribeTimeout=00:00:00.2");

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => alone.CreateAsync(Spec))).StatusCode);
    }

    [Fact]
    public async Task WatchJob_WholeRun_HasEveryLossAndPreviews()
    {
        TaskCompletionSource start = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Scorer.Behavior.Hold = _ => start.Task;
        Job created = await Server.CreateAsync(Spec);
        Task<List<WatchJobResponse>> watching = Server.WatchAsync(created.Id, previews: true);
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
        Job ended = await Server.EndOfAsync((await Server.CreateAsync(Spec)).Id);

        WatchJobResponse only = Assert.Single(await Server.WatchAsync(ended.Id, previews: true));

        Assert.Equal(ended, only.Job);
        Assert.Equal(12, only.LossPoints.Count);
        Assert.NotNull(only.Preview);
    }

    [Fact]
    public async Task DeleteJob_EndedJob_IsGone()
    {
        Job job = await Server.EndOfAsync((await Server.CreateAsync(Spec, "once")).Id);

        await Server.Client.DeleteJobAsync(new DeleteJobRequest { Id = job.Id }, cancellationToken: Token);

        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Server.GetAsync(job.Id))).StatusCode);
        Assert.False(Directory.Exists(Folder[job.Id]));
        Assert.NotEqual(job.Id, (await Server.CreateAsync(Spec, "once")).Id);
    }

    [Fact]
    public async Task DeleteJob_RunningJob_FailedPrecondition()
    {
        HoldFrom(1);
        Job job = await Server.CreateAsync(Spec);

        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await Server.Client.DeleteJobAsync(new DeleteJobRequest { Id = job.Id }, cancellationToken: Token));

        Assert.Equal(StatusCode.FailedPrecondition, exception.StatusCode);
    }

    [Fact]
    public async Task ListJobs_SmallPages_GivesEveryJobOnceLatestFirst()
    {
        HoldFrom(1);
        List<string> created = [];
        for (int i = 0; i < 5; i++)
        {
            created.Add((await Server.CreateAsync(Spec)).Id);
        }

        List<string> listed = [];
        string token = "";
        do
        {
            ListJobsResponse page = await Server.Client.ListJobsAsync(new ListJobsRequest { PageSize = 2, PageToken = token }, cancellationToken: Token);
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
            async () => await Server.Client.ListJobsAsync(new ListJobsRequest { PageToken = token, PageSize = size }, cancellationToken: Token));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
    }
}
