using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sjc.Client.Resilience;
using Sjc.Contracts.Field.V1;

namespace Sjc.Client;

/// <summary>A field optimizer, behind calls that outlive its restarts: its jobs do as well.</summary>
/// <remarks>Calls that read, and <see cref="CreateJobAsync"/>, which is idempotent, are repeated; commands to a job are sent once.</remarks>
public sealed class FieldClient : IAsyncDisposable
{
    private const string RpcService = "sjc.field.v1.FieldService";
    private readonly ServiceClientOptions options;
    private readonly ResilientCalls calls;
    private readonly CallPolicy policy;

    /// <param name="options">Where the optimizer is and how long it is waited for.</param>
    /// <param name="time">Of timeouts and pauses; null: the system's.</param>
    /// <param name="logger">Is told of repeated attempts; null: nobody is.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public FieldClient(ServiceClientOptions options, TimeProvider? time = null, ILogger<FieldClient>? logger = null)
    {
        this.options = options;
        calls = new ResilientCalls(options, "optimizer", RpcService, time ?? TimeProvider.System, logger ?? NullLogger<FieldClient>.Instance);
        policy = calls.BuildPolicy(options.GiveUpAfter, options.AttemptTimeout);
    }

    /// <summary>Creates a job.</summary>
    /// <param name="spec">What to make; unset fields take the model's hints.</param>
    /// <param name="requestId">1 to 64 of [A-Za-z0-9_.-]: the same id and spec are the same job. Empty: one of its own.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServiceRefusedException">The spec breaks a rule, or the id made another job before.</exception>
    /// <exception cref="ServiceUnavailableException">The optimizer, or its scorer, cannot be reached.</exception>
    public async Task<Job> CreateJobAsync(JobSpec spec, string requestId = "", CancellationToken cancellationToken = default)
    {
        // With an id a lost answer does not make a second job.
        CreateJobRequest request = new() { Spec = spec, RequestId = requestId.Length > 0 ? requestId : Guid.NewGuid().ToString("N") };
        return (await AskAsync("CreateJob", (client, call) => client.CreateJobAsync(request, call), cancellationToken)).Job;
    }

    /// <summary>A job as it is now.</summary>
    /// <exception cref="ServiceRefusedException">There is no such job.</exception>
    /// <exception cref="ServiceUnavailableException">The optimizer cannot be reached.</exception>
    public async Task<Job> GetJobAsync(string id, CancellationToken cancellationToken = default) =>
        (await AskAsync("GetJob", (client, call) => client.GetJobAsync(new GetJobRequest { Id = id }, call), cancellationToken)).Job;

    /// <summary>All jobs, latest first, read page by page.</summary>
    /// <exception cref="ServiceUnavailableException">The optimizer cannot be reached.</exception>
    public async IAsyncEnumerable<Job> ListJobsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ListJobsRequest request = new();
        do
        {
            ListJobsResponse page = await AskAsync("ListJobs", (client, call) => client.ListJobsAsync(request, call), cancellationToken);
            foreach (Job job in page.Jobs)
            {
                yield return job;
            }

            request = new ListJobsRequest { PageToken = page.NextPageToken };
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>The job's state now, then every change until it ends; goes on where the connection breaks.</summary>
    /// <exception cref="ServiceRefusedException">There is no such job.</exception>
    /// <exception cref="ServiceUnavailableException">The optimizer cannot be reached.</exception>
    public IAsyncEnumerable<WatchJobResponse> WatchJobAsync(string id, bool previews = false, CancellationToken cancellationToken = default) => calls.StreamAsync(
        "WatchJob",
        options.GiveUpAfter,
        (endpoint, call) => new FieldService.FieldServiceClient(endpoint.Calls).WatchJob(new WatchJobRequest { Id = id, Previews = previews }, call),
        response => response.Job.State is JobState.Succeeded or JobState.Failed or JobState.Cancelled,
        cancellationToken);

    /// <summary>Stops a job after its iteration, with a checkpoint.</summary>
    /// <exception cref="ServiceRefusedException">There is no such job, or it has ended.</exception>
    public async Task<Job> PauseJobAsync(string id, CancellationToken cancellationToken = default) =>
        (await CommandAsync("PauseJob", (client, call) => client.PauseJobAsync(new PauseJobRequest { Id = id }, call), cancellationToken)).Job;

    /// <summary>Queues a paused or failed job again.</summary>
    /// <exception cref="ServiceRefusedException">There is no such job, or it cannot go on.</exception>
    public async Task<Job> ResumeJobAsync(string id, CancellationToken cancellationToken = default) =>
        (await CommandAsync("ResumeJob", (client, call) => client.ResumeJobAsync(new ResumeJobRequest { Id = id }, call), cancellationToken)).Job;

    /// <summary>Ends a job for good, with a checkpoint.</summary>
    /// <exception cref="ServiceRefusedException">There is no such job, or it has ended.</exception>
    public async Task<Job> CancelJobAsync(string id, CancellationToken cancellationToken = default) =>
        (await CommandAsync("CancelJob", (client, call) => client.CancelJobAsync(new CancelJobRequest { Id = id }, call), cancellationToken)).Job;

    /// <summary>Removes an ended or paused job and its files.</summary>
    /// <exception cref="ServiceRefusedException">There is no such job, or it runs.</exception>
    public Task DeleteJobAsync(string id, CancellationToken cancellationToken = default) =>
        CommandAsync("DeleteJob", (client, call) => client.DeleteJobAsync(new DeleteJobRequest { Id = id }, call), cancellationToken);

    /// <summary>Pictures of the field as it is now, one for each view. Begins anew where the stream breaks.</summary>
    /// <exception cref="ServiceRefusedException">The request breaks a rule.</exception>
    /// <exception cref="ServiceUnavailableException">The optimizer cannot be reached.</exception>
    public IAsyncEnumerable<RenderViewsResponse> RenderViewsAsync(RenderViewsRequest request, CancellationToken cancellationToken = default) => calls.StreamAsync(
        "RenderViews",
        options.GiveUpAfter,
        (endpoint, call) => new FieldService.FieldServiceClient(endpoint.Calls).RenderViews(request, call),
        response => response.Index + 1 >= request.Views.Count,
        cancellationToken);

    /// <summary>The field or its mesh as a file, checked against the optimizer's checksum.</summary>
    /// <exception cref="ServiceRefusedException">The request breaks a rule, there is nothing to export, or the file arrived damaged.</exception>
    /// <exception cref="ServiceUnavailableException">The optimizer cannot be reached.</exception>
    public Task<byte[]> ExportAssetAsync(string id, AssetFormat format, double densityThreshold = 0, CancellationToken cancellationToken = default) => calls.RunAsync(
        "ExportAsset",
        policy,
        rows: 1,
        async (endpoint, token) =>
        {
            ExportAssetRequest request = new() { Id = id, Format = format, DensityThreshold = densityThreshold };
            CallOptions call = ResilientCalls.AttemptOptions(policy, token);
            using AsyncServerStreamingCall<ExportAssetResponse> export = new FieldService.FieldServiceClient(endpoint.Calls).ExportAsset(request, call);
            return await ReadAssetAsync(export.ResponseStream, token);
        },
        cancellationToken);

    /// <summary>Closes the connection; calls that still wait fail.</summary>
    public ValueTask DisposeAsync() => calls.DisposeAsync();

    private static async Task<byte[]> ReadAssetAsync(IAsyncStreamReader<ExportAssetResponse> chunks, CancellationToken cancellationToken)
    {
        using MemoryStream file = new();
        string sha256 = "";
        ulong total = 0;
        await foreach (ExportAssetResponse chunk in chunks.ReadAllAsync(cancellationToken))
        {
            file.Write(chunk.Chunk.Span);
            (total, sha256) = (chunk.TotalBytes, chunk.Sha256);
        }

        byte[] content = file.ToArray();
        return (ulong)content.Length == total && Convert.ToHexStringLower(SHA256.HashData(content)) == sha256
            ? content
            : throw new ServiceRefusedException($"The file must have {total} bytes and the checksum {sha256}, but has {content.Length} bytes or another checksum.");
    }

    private Task<T> AskAsync<T>(string method, Func<FieldService.FieldServiceClient, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellationToken)
        where T : class =>
        calls.RunUnaryAsync(method, policy, (endpoint, call) => ask(new(endpoint.Calls), call), cancellationToken);

    /// <summary>Sends a command once: of one whose answer is lost it is unknown whether it was obeyed.</summary>
    private Task<T> CommandAsync<T>(string method, Func<FieldService.FieldServiceClient, CallOptions, AsyncUnaryCall<T>> command, CancellationToken cancellationToken)
        where T : class =>
        calls.RunUnaryAsync(method, CallPolicy.Once(options.AttemptTimeout), (endpoint, call) => command(new(endpoint.Calls), call), cancellationToken);
}
