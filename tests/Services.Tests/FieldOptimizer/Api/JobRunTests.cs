using Grpc.Core;
using Sjc.Contracts.Field.V1;

namespace Sjc.Services.Tests.FieldOptimizer.Api;

/// <summary>Jobs that are stopped, refused, interrupted and taken up again: all end with the same field.</summary>
public sealed class JobRunTests : OptimizerTestBase
{
    [Fact]
    public async Task PauseJob_Running_StopsWithACheckpointAndGoesOnToTheSameEnd()
    {
        string expected = (await Server.EndOfAsync((await Server.CreateAsync(Spec)).Id)).FieldSha256;
        TaskCompletionSource held = HoldFrom(Scorer.Behavior.Requests + 7);
        Job job = await Server.CreateAsync(Spec);
        await Server.WhenAsync(job.Id, now => now.Progress.Iteration == 6);

        Job paused = (await Server.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id }, cancellationToken: Token)).Job;

        Assert.Equal((JobState.Paused, 6u), (paused.State, paused.CheckpointIteration));
        Assert.Equal(paused, (await Server.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id }, cancellationToken: Token)).Job);
        held.SetResult();
        int asked = Scorer.Behavior.Requests;
        await Server.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }, cancellationToken: Token);
        Assert.Equal(expected, (await Server.EndOfAsync(job.Id)).FieldSha256);
        Assert.Equal(12 - 6, Scorer.Behavior.Requests - asked);
    }

    [Fact]
    public async Task CancelJob_Running_EndsForGood()
    {
        HoldFrom(3);
        Job job = await Server.CreateAsync(Spec);
        await Server.WhenAsync(job.Id, now => now.Progress.Iteration == 2);

        Job cancelled = (await Server.Client.CancelJobAsync(new CancelJobRequest { Id = job.Id }, cancellationToken: Token)).Job;

        Assert.Equal((JobState.Cancelled, 2u), (cancelled.State, cancelled.CheckpointIteration));
        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await Server.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }, cancellationToken: Token));
        Assert.Equal(StatusCode.FailedPrecondition, exception.StatusCode);
    }

    [Fact]
    public async Task PauseJob_Ended_FailedPrecondition()
    {
        Job job = await Server.EndOfAsync((await Server.CreateAsync(Spec)).Id);

        RpcException exception = await Assert.ThrowsAsync<RpcException>(
            async () => await Server.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id }, cancellationToken: Token));

        Assert.Equal(StatusCode.FailedPrecondition, exception.StatusCode);
    }

    [Fact]
    public async Task Run_MoreJobsThanPlaces_QueuesTheRest()
    {
        TaskCompletionSource held = HoldFrom(1);
        List<Job> jobs = [];
        for (int i = 0; i < 3; i++)
        {
            jobs.Add(await Server.CreateAsync(Spec));
        }

        await Server.WhenAsync(jobs[1].Id, job => job.State == JobState.Running);
        Assert.Equal(JobState.Queued, (await Server.GetAsync(jobs[2].Id)).State);
        held.SetResult();

        foreach (Job job in jobs)
        {
            Assert.Equal(JobState.Succeeded, (await Server.EndOfAsync(job.Id)).State);
        }
    }

    [Fact]
    public async Task Run_ScorerRefuses_FailsWithItsWordsAndCanGoOn()
    {
        string expected = (await Server.EndOfAsync((await Server.CreateAsync(Spec)).Id)).FieldSha256;
        int first = Scorer.Behavior.Requests;
        Scorer.Behavior.Refuse = (number, _) => number == first + 6
            ? new Google.Rpc.Status { Code = (int)Google.Rpc.Code.InvalidArgument, Message = "sigmas[0] must be liked, but is not." }
            : null;

        Job failed = await Server.EndOfAsync((await Server.CreateAsync(Spec)).Id);

        Assert.Equal((JobState.Failed, 5u), (failed.State, failed.CheckpointIteration));
        Assert.Contains("sigmas[0] must be liked, but is not.", failed.Error, StringComparison.Ordinal);
        await Server.Client.ResumeJobAsync(new ResumeJobRequest { Id = failed.Id }, cancellationToken: Token);
        Assert.Equal(expected, (await Server.EndOfAsync(failed.Id)).FieldSha256);
    }

    [Fact]
    public async Task Run_ScorerDiesInMidRun_GoesOnToTheSameEnd()
    {
        string expected = (await Server.EndOfAsync((await Server.CreateAsync(Spec)).Id)).FieldSha256;
        int first = Scorer.Behavior.Requests;
        HoldFrom(first + 5);
        Job job = await Server.CreateAsync(Spec);
        await Server.WhenAsync(job.Id, now => now.Progress.Iteration == 4);

        await Scorer.DieAsync();
        Scorer.Behavior.Hold = null;
        await Scorer.StartAsync();

        Assert.Equal(expected, (await Server.EndOfAsync(job.Id)).FieldSha256);
    }

    [Fact]
    public async Task Run_ServerStopsAndStartsAgain_GoesOnToTheSameEnd()
    {
        string expected = (await Server.EndOfAsync((await Server.CreateAsync(Spec)).Id)).FieldSha256;
        TaskCompletionSource held = HoldFrom(Scorer.Behavior.Requests + 7);
        Job job = await Server.CreateAsync(Spec);
        await Server.WhenAsync(job.Id, now => now.Progress.Iteration == 6);
        Task<List<WatchJobResponse>> watching = Server.WatchAsync(job.Id);

        await Server.StopAsync();

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => watching)).StatusCode);
        held.SetResult();
        await RestartServerAsync();
        Job ended = await Server.EndOfAsync(job.Id);
        Assert.Equal((JobState.Succeeded, expected), (ended.State, ended.FieldSha256));
        Assert.Equal(12, (await Server.WatchAsync(job.Id))[0].LossPoints.Count);
    }
}
