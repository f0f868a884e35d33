using Grpc.Core;
using Sjc.Client;
using Sjc.Contracts.Field.V1;

namespace Sjc.Services.Tests.Clients.Live;

/// <summary>The C# client against a running optimizer, as the clients of other languages are tested.</summary>
[Trait("Category", "Live")]
public sealed class LiveOptimizerTests(LiveServers servers) : IClassFixture<LiveServers>, IAsyncDisposable
{
    private readonly FieldClient optimizer = new(new ServiceClientOptions { Address = servers.Optimizer });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => optimizer.DisposeAsync();

    [Fact]
    public async Task Job_SmallSpec_EndsWithAMeshAndViews()
    {
        Job job = await optimizer.CreateJobAsync(Spec(seed: 1), cancellationToken: Token);
        await foreach (WatchJobResponse update in optimizer.WatchJobAsync(job.Id, previews: true, Token))
        {
            job = update.Job;
        }

        Assert.Equal(JobState.Succeeded, job.State);
        byte[] mesh = await optimizer.ExportAssetAsync(job.Id, AssetFormat.Glb, cancellationToken: Token);
        Assert.Equal("glTF"u8, mesh.AsSpan(0, 4));
        Assert.Equal(mesh.Length, BitConverter.ToInt32(mesh, 8));

        RenderViewsRequest request = new() { Id = job.Id, Width = 16, Height = 16, Views = { new OrbitView(), new OrbitView { AzimuthDegrees = 90 } } };
        List<uint> indices = [];
        await foreach (RenderViewsResponse view in optimizer.RenderViewsAsync(request, Token))
        {
            indices.Add(view.Index);
        }

        Assert.Equal([0u, 1u], indices);
        Assert.Contains(job.Id, await optimizer.ListJobsAsync(Token).Select(listed => listed.Id).ToListAsync(Token));
    }

    [Fact]
    public async Task CreateJobAsync_EqualRequestIds_AreOneJob()
    {
        string id = Guid.NewGuid().ToString("N");
        Job first = await optimizer.CreateJobAsync(Spec(seed: 2), id, Token);

        Assert.Equal(first.Id, (await optimizer.CreateJobAsync(Spec(seed: 2), id, Token)).Id);
        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => optimizer.CreateJobAsync(Spec(seed: 3), id, Token));
        Assert.Equal((StatusCode.AlreadyExists, "REQUEST_ID_USED"), (refusal.StatusCode, refusal.Reason));
        await foreach (WatchJobResponse _ in optimizer.WatchJobAsync(first.Id, cancellationToken: Token))
        {
        }

        await optimizer.DeleteJobAsync(first.Id, Token);
        await Assert.ThrowsAsync<ServiceRefusedException>(() => optimizer.GetJobAsync(first.Id, Token));
    }

    [Fact]
    public async Task WatchJobAsync_JobIsPausedResumedAndCancelled_ShowsItAndEnds()
    {
        JobSpec spec = Spec(seed: 1);
        spec.Iterations = 100_000;
        Job job = await optimizer.CreateJobAsync(spec, cancellationToken: Token);
        bool commanded = false;
        JobState last = default;
        await foreach (WatchJobResponse update in optimizer.WatchJobAsync(job.Id, cancellationToken: Token))
        {
            last = update.Job.State;
            if (!commanded && last == JobState.Running)
            {
                commanded = true;
                await optimizer.PauseJobAsync(job.Id, Token);
            }
            else if (last == JobState.Paused)
            {
                await optimizer.CancelJobAsync(job.Id, Token);
            }
        }

        Assert.Equal(JobState.Cancelled, last);
    }

    [Fact]
    public async Task WatchJobAsync_Cancelled_Ends()
    {
        JobSpec spec = Spec(seed: 1);
        spec.Iterations = 100_000;
        Job job = await optimizer.CreateJobAsync(spec, cancellationToken: Token);
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (WatchJobResponse _ in optimizer.WatchJobAsync(job.Id, cancellationToken: cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });

        await optimizer.CancelJobAsync(job.Id, Token);
    }

    [Fact]
    public async Task CreateJobAsync_BadSpec_NamesTheField()
    {
        JobSpec spec = Spec(seed: 1);
        spec.Field.GridSize = 1;

        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => optimizer.CreateJobAsync(spec, cancellationToken: Token));

        Assert.Equal(["spec.field.grid_size"], refusal.Violations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task WatchJobAsync_UnknownJob_IsNotFound()
    {
        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(
            async () => await optimizer.WatchJobAsync("nobody", cancellationToken: Token).FirstAsync(Token));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    private static JobSpec Spec(ulong seed) =>
        new() { Prompt = "a red car", Model = "exact", Seed = seed, Iterations = 8, PreviewEvery = 4, Field = new FieldSpec { GridSize = 12 } };
}
