using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(9, false)]
    [InlineData(9, true)]
    public void Run_ManyTimes_EveryWorkerWorksOnceEachTime(int size, bool rests)
    {
        const int Runs = 300;
        using WorkerTeam team = new(size);
        int[] worked = new int[size];
        for (int run = 1; run <= Runs; run++)
        {
            team.Run(worker => worked[worker]++);
            Assert.All(worked, times => Assert.Equal(run, times));
            if (rests && run % 100 == 0)
            {
                Thread.Sleep(2); // longer than anybody looks out: the helpers sleep now
            }
        }
    }

    [Fact]
    public void Run_HelpersThatTakeLong_WaitsForThem()
    {
        using WorkerTeam team = new(3);
        int done = 0;
        team.Run(worker =>
        {
            Thread.Sleep(5 * worker); // longer than the caller looks out
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
        using WorkerTeam team = new(2);
        bool isDone = false;
        Assert.Throws<TimeoutException>(() => team.Run(worker =>
        {
            ThrowIf(worker == 0);
            Thread.Sleep(5);
            Volatile.Write(ref isDone, true);
        }));
        Assert.True(Volatile.Read(ref isDone));
    }

    private static void ThrowIf(bool fails)
    {
        if (fails)
        {
            throw new TimeoutException("on purpose");
        }
    }
}
