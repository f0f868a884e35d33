using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Sjc.Contracts.Field.V1;
using Sjc.FieldOptimizer;
using Sjc.FieldOptimizer.Jobs;

namespace Sjc.Services.Tests.FieldOptimizer.Api;

/// <summary>A field optimizer in this process on a loopback port, with a client of it.</summary>
internal sealed class OptimizerServer : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly GrpcChannel channel;

    private OptimizerServer(WebApplication application)
    {
        this.application = application;
        channel = GrpcChannel.ForAddress(FieldOptimizerApplication.Address(application));
        Client = new FieldService.FieldServiceClient(channel);
    }

    public FieldService.FieldServiceClient Client { get; }

    public JobCatalog Catalog => application.Services.GetRequiredService<JobCatalog>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<OptimizerServer> StartAsync(Uri scorer, string storeFolder, params string[] more)
    {
        string[] args =
        [
            $"--Scorer:Address={scorer}", $"--Optimizer:StoreFolder={storeFolder}", "--Optimizer:RenderThreads=1",
            "--Scorer:RetryDelay=00:00:00.02", "--Scorer:MaxRetryDelay=00:00:00.1", .. more,
        ];
        WebApplication application = FieldOptimizerApplication.Build(args, new FieldOptimizerHosting { Url = "http://127.0.0.1:0", Quiet = true });
        await application.StartAsync(Token);
        return new OptimizerServer(application);
    }

    public async Task<Job> CreateAsync(JobSpec spec, string requestId = "") =>
        (await Client.CreateJobAsync(new CreateJobRequest { RequestId = requestId, Spec = spec }, cancellationToken: Token)).Job;

    public async Task<Job> GetAsync(string id) => (await Client.GetJobAsync(new GetJobRequest { Id = id }, cancellationToken: Token)).Job;

    /// <summary>Every event of a job until it ends.</summary>
    public async Task<List<WatchJobResponse>> WatchAsync(string id, bool previews = false)
    {
        List<WatchJobResponse> events = [];
        using AsyncServerStreamingCall<WatchJobResponse> call = Client.WatchJob(new WatchJobRequest { Id = id, Previews = previews }, cancellationToken: Token);
        await foreach (WatchJobResponse response in call.ResponseStream.ReadAllAsync(Token))
        {
            events.Add(response);
        }

        return events;
    }

    /// <summary>The job once it has ended.</summary>
    public async Task<Job> EndOfAsync(string id) => (await WatchAsync(id))[^1].Job;

    /// <summary>The job once a condition holds.</summary>
    public async Task<Job> WhenAsync(string id, Predicate<Job> condition)
    {
        using AsyncServerStreamingCall<WatchJobResponse> call = Client.WatchJob(new WatchJobRequest { Id = id }, cancellationToken: Token);
        await foreach (WatchJobResponse response in call.ResponseStream.ReadAllAsync(Token))
        {
            if (condition(response.Job))
            {
                return response.Job;
            }
        }

        throw new InvalidOperationException($"Job {id} ended before the condition held.");
    }

    public Task StopAsync() => application.StopAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(CancellationToken.None);
        channel.Dispose();
        await application.DisposeAsync();
    }
}
