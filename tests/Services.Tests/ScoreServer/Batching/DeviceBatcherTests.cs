using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Sjc.Diffusion;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Telemetry;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Batching;

public sealed class DeviceBatcherTests : IDisposable
{
    private readonly DeviceThread _thread = new("cpu");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _entered = new(0);
    private readonly LoadedModel _model;
    private readonly DeviceBatcher _batcher;

    public DeviceBatcherTests()
    {
        TestDenoiser denoiser = new((noisy, _) =>
        {
            _entered.Release();
            _gate.Wait();
            return noisy * 0.5;
        });
        _model = new LoadedModel("gated", denoiser, _thread);
        _batcher = new DeviceBatcher(
            _thread, new BatchingOptions { MaxBatchRows = 256, QueueCapacityRows = 65_536 }, _ => new TenantShare(1, 65_536), new BatchClock(TimeProvider.System), TimeProvider.System,
            new ScoreServerMetrics(_services.GetRequiredService<IMeterFactory>()), NullLogger<DeviceBatcher>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _gate.Set();
        _thread.Dispose();
        _gate.Dispose();
        _entered.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Complete_LoneRequest_IsAnsweredByTheDeviceThread()
    {
        Task<string?> answering = Enqueue(rows: 2);
        _gate.Set();

        Assert.Equal("device cpu", await answering.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task Complete_OthersWait_AreAnsweredByThePoolWhileTheDeviceGoesOn()
    {
        Task<string?> first = Enqueue(rows: 2);
        await _entered.WaitAsync(Cancellation);
        Task<string?> last = Enqueue(rows: 2);
        _gate.Set();

        Assert.NotEqual("device cpu", await first.WaitAsync(Cancellation));
        Assert.Equal("device cpu", await last.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task Complete_SeveralOfABatch_AreAnsweredByThePool()
    {
        Task<string?> first = Enqueue(rows: 2);
        await _entered.WaitAsync(Cancellation);
        Task<string?>[] batch = [Enqueue(rows: 2), Enqueue(rows: 2)];
        _gate.Set();

        Assert.DoesNotContain("device cpu", await Task.WhenAll([first, .. batch]).WaitAsync(Cancellation));
    }

    [Fact]
    public async Task Complete_LargeRequest_IsAnsweredByThePool()
    {
        Task<string?> answering = Enqueue(rows: 2 + (65_536 / TinyPictures.Shape.ElementCount));
        _gate.Set();

        Assert.NotEqual("device cpu", await answering.WaitAsync(Cancellation));
    }

    /// <summary>The thread on which whoever awaits the work goes on; the test itself goes on elsewhere, or it would join the device's thread from there.</summary>
    private Task<string?> Enqueue(int rows)
    {
        DenoiseWork work = new("a", _model, new float[rows * TinyPictures.Shape.ElementCount], new double[rows], [.. Enumerable.Repeat(_model.Denoiser.Unconditional, rows)]);
        TaskCompletionSource<string?> answering = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = work.Completion.ContinueWith(_ => answering.SetResult(Thread.CurrentThread.Name), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Assert.Equal(EnqueueResult.Accepted, _batcher.TryEnqueue(work, CancellationToken.None));
        return answering.Task;
    }
}
