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
}
