using Grpc.Core;
using Grpc.Net.Client;
using Sjc.Contracts.Field.V1;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>The job that the tests of processes run, and how they start what it needs.</summary>
internal static class ProcessRun
{
    private static readonly int LongKills = int.TryParse(Environment.GetEnvironmentVariable("SJC_KILLS"), out int kills) ? kills : 0;

    /// <summary>Jobs to kill.</summary>
    public static int Kills => LongKills > 0 ? LongKills : 2;

    /// <summary>Of the job.</summary>
    public static uint Iterations => LongKills > 0 ? 300u : 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<ServiceProcess> StartScorerAsync(string pictures, Uri? address) => ServiceProcess.StartAsync(
        "Sjc.ScoreServer",
        address,
        "--Models:0:Name=balls",
        "--Models:0:Kind=exact",
        $"--Models:0:Path={pictures}",
        $"--Models:0:ImageSize={PictureFolderFixture.PictureSize}",
        "--TorchThreads=1");

    public static Task<ServiceProcess> StartOptimizerAsync(string store, Uri scorer) => StartOptimizerAsync(store, scorer.ToString());

    public static Task<ServiceProcess> StartOptimizerAsync(string store, string scorers, params string[] settings) => ServiceProcess.StartAsync(
        "Sjc.FieldOptimizer", null, [$"--Scorer:Address={scorers}", $"--Optimizer:StoreFolder={store}", "--Scorer:DescribeTimeout=00:02:00", .. settings]);

    /// <summary>A whole job on an optimizer of its own.</summary>
    /// <returns>SHA-256 of its field.</returns>
    public static async Task<string> RunAsync(string store, Uri scorer)
    {
        using ServiceProcess optimizer = await StartOptimizerAsync(store, scorer);
        using GrpcChannel channel = GrpcChannel.ForAddress(optimizer.Address);
        FieldService.FieldServiceClient client = new(channel);
        return (await WatchAsync(client, await CreateAsync(client), job => job.State == JobState.Succeeded)).FieldSha256;
    }

    /// <summary>Creates the job.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> CreateAsync(FieldService.FieldServiceClient client, string requestId = "end-to-end")
    {
        JobSpec spec = new()
        {
            Prompt = PictureFolderFixture.Prompt,
            Seed = 1,
            Iterations = Iterations,
            CheckpointEvery = 10,
            Field = new FieldSpec { GridSize = 20, BoxHalfExtent = 0.6, BackgroundColor = { -1, 1, 1 } },
            Score = new ScoreSpec { SigmaMin = 0.5, SigmaMaxStart = 8, SigmaMaxEnd = 1, GuidanceScale = 2, ViewsPerIteration = 2 },
        };
        return (await client.CreateJobAsync(new CreateJobRequest { Spec = spec, RequestId = requestId }, cancellationToken: Token)).Job.Id;
    }

    /// <summary>The job as soon as a condition holds.</summary>
    public static async Task<Job> WatchAsync(FieldService.FieldServiceClient client, string id, Predicate<Job> until)
    {
        using AsyncServerStreamingCall<WatchJobResponse> call = client.WatchJob(new WatchJobRequest { Id = id }, cancellationToken: Token);
        Job last = new();
        await foreach (WatchJobResponse response in call.ResponseStream.ReadAllAsync(Token))
        {
            last = response.Job;
            if (until(last))
            {
                return last;
            }
        }

        throw new InvalidOperationException($"The job must come to the moment waited for, but ended as {last.State}: {last.Error}");
    }
}
