using System.Diagnostics;
using Sjc.ScoreServer.Models;

namespace Sjc.Services.Tests.ScoreServer.Models;

public sealed class DeviceThreadTests
{
    [Fact]
    public void Dispose_WorkIsPosted_RunsItInOrderFirst()
    {
        List<int> ran = [];
        using (DeviceThread thread = new("cpu"))
        {
            for (int i = 0; i < 1000; i++)
            {
                int number = i;
                thread.Post(() => ran.Add(number));
            }
        }

        Assert.Equal(Enumerable.Range(0, 1000), ran);
    }

    [Fact]
    public async Task InvokeAsync_OneAfterAnother_RunsOnTheOneThread()
    {
        using DeviceThread thread = new("cpu");
        HashSet<int> threads = [];
        for (int i = 0; i < 100; i++)
        {
            threads.Add(await thread.InvokeAsync(() => Environment.CurrentManagedThreadId));
        }

        Assert.Single(threads);
    }

    [Fact]
    public async Task InvokeAsync_MadeDuringARequest_IsNotInItsTrace()
    {
        using Activity request = RecordedSpans.Begin("request");
        using DeviceThread thread = new("cpu");

        Assert.Null(await thread.InvokeAsync(() => Activity.Current));
    }

    [Fact]
    public async Task Post_ThreadEnds_IsDroppedAndInvokeAsyncSaysSo()
    {
        DeviceThread thread = new("cpu");
        using ManualResetEventSlim ends = new();
        TaskCompletionSource<bool> posted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        thread.Post(() =>
        {
            ends.Wait(TestContext.Current.CancellationToken);
            posted.SetResult(thread.Post(() => { })); // as a batcher does after each batch
        });
        Task ending = Task.Run(thread.Dispose, TestContext.Current.CancellationToken);
        while (thread.Post(() => { }))
        {
            await Task.Yield();
        }

        ends.Set();
        Assert.False(await posted.Task);
        await ending;
        Assert.False(thread.Post(() => { }));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => thread.InvokeAsync(() => 1));
    }

    [Fact]
    public async Task Dispose_OnTheThreadItself_DoesNotWaitForIt()
    {
        DeviceThread thread = new("cpu");
        await thread.InvokeAsync(() =>
        {
            thread.Dispose();
            return true;
        }).WaitAsync(TestContext.Current.CancellationToken);

        Assert.False(thread.Post(() => { }));
    }
}
