using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 1_000_000)]
    [InlineData(9, 0)]
    [InlineData(9, 10_000)]
    public void Run_ManyTimes_EveryWorkerWorksOnceEachTime(int size, long lookOut)
    {
        const int Runs = 300;
        using WorkerTeam team = new(size, lookOut);
        int[] worked = new int[size];
        for (int run = 1; run <= Runs; run++)
        {
            team.Run(worker => worked[worker]++);
            Assert.All(worked, times => Assert.Equal(run, times));
        }
    }

    [Fact]
    public void Run_HelpersThatTakeLong_WaitsForThem()
    {
        using WorkerTeam team = new(3, lookOut: 0);
        Thread caller = Thread.CurrentThread;
        int done = 0;
        team.Run(worker =>
        {
            WaitUntilAsleep(caller, worker);
            Interlocked.Increment(ref done);
        });
        Assert.Equal(3, done);
    }

    [Fact]
    public void Run_HelperFails_ThrowsAndGoesOn()
    {
        using WorkerTeam team = new(2);
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(() => team.Run(worker => ThrowIf(worker == 1)));
        Assert.IsType<TimeoutException>(failure.InnerException);
        int done = 0;
        team.Run(_ => Interlocked.Increment(ref done));
        Assert.Equal(2, done);
    }

    [Fact]
    public void Run_CallerFails_ThrowsAfterTheHelpersHaveDone()
    {
        using WorkerTeam team = new(2, lookOut: 0);
        Thread caller = Thread.CurrentThread;
        bool isDone = false;
        Assert.Throws<TimeoutException>(() => team.Run(worker =>
        {
            ThrowIf(worker == 0);
            WaitUntilAsleep(caller, worker);
            Volatile.Write(ref isDone, true);
        }));
        Assert.True(Volatile.Read(ref isDone));
    }

    /// <summary>What a helper does: the caller has done its part and waits for the others.</summary>
    private static void WaitUntilAsleep(Thread caller, int worker)
    {
        if (worker > 0)
        {
            SpinWait.SpinUntil(() => (caller.ThreadState & ThreadState.WaitSleepJoin) != 0);
        }
    }

    private static void ThrowIf(bool fails)
    {
        if (fails)
        {
            throw new TimeoutException("on purpose");
        }
    }
}
