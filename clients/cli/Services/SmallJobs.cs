using System.Diagnostics;
using Grpc.Core;
using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Services;

/// <summary>Small jobs, each on an optimizer of its own, that share a scorer.</summary>
internal static class SmallJobs
{
    private const uint Iterations = 30;
    private const uint GridSize = 16;

    /// <summary>Runs jobs at once or one after another.</summary>
    /// <param name="scorer">Whom all of them ask.</param>
    /// <param name="count">Jobs.</param>
    /// <param name="together">All at once.</param>
    /// <param name="cancellationToken">Ends the jobs.</param>
    /// <returns>From the first job's creation to the last one's end; the optimizers' starts are not part of it.</returns>
    public static async Task<TimeSpan> RunAsync(Uri scorer, int count, bool together, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sjc-bench-");
        List<ServiceConnection> optimizers = [];
        try
        {
            for (int i = 0; i < (together ? count : 1); i++)
            {
                optimizers.Add(await ServiceHosting.OpenOptimizerAsync(null, Path.Combine(folder.FullName, $"{i}"), scorer, null, cancellationToken));
            }

            long start = Stopwatch.GetTimestamp();
            if (together)
            {
                await Task.WhenAll(optimizers.Select((optimizer, i) => RunAsync(optimizer.Optimizer, (ulong)i, cancellationToken)));
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    await RunAsync(optimizers[0].Optimizer, (ulong)i, cancellationToken);
                }
            }

            return Stopwatch.GetElapsedTime(start);
        }
        finally
        {
            foreach (ServiceConnection optimizer in optimizers)
            {
                await optimizer.DisposeAsync();
            }

            folder.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(FieldService.FieldServiceClient client, ulong seed, CancellationToken cancellationToken)
    {
        JobSpec spec = new() { Prompt = "a red car", Seed = seed, Iterations = Iterations, Field = new FieldSpec { GridSize = GridSize } };
        Job job = (await client.CreateJobAsync(new CreateJobRequest { Spec = spec, RequestId = $"bench-{seed}" }, cancellationToken: cancellationToken)).Job;
        using AsyncServerStreamingCall<WatchJobResponse> call = client.WatchJob(new WatchJobRequest { Id = job.Id }, cancellationToken: cancellationToken);
        await foreach (WatchJobResponse response in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            job = response.Job;
        }

        if (job.State != JobState.Succeeded)
        {
            throw CommandException.Failure($"A job must succeed, but is {job.State}: {job.Error}");
        }
    }
}
