using Microsoft.Extensions.Time.Testing;
using Sjc.Cli;
using Sjc.Cli.Jobs;
using Sjc.Contracts.Field.V1;

namespace Sjc.Services.Tests.Cli.Jobs;

public sealed class JobProgressDisplayTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly StringWriter writer = new();

    private string[] Lines => writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => writer.Dispose();

    [Fact]
    public void Show_IntoAFile_PlainLinesNowAndThen()
    {
        JobProgressDisplay display = new(CliConsole.To(writer), time);

        for (uint iteration = 0; iteration < 25; iteration++)
        {
            display.Show(Running(iteration));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, Lines.Length);
        Assert.Equal("running  10/100  4/s  0:22 left  score 0.123  emptiness 0.5  sigma 2", Lines[1]);
    }

    [Fact]
    public void Show_ChangeOfState_IsShownAtOnce()
    {
        JobProgressDisplay display = new(CliConsole.To(writer), time);

        display.Show(Running(1));
        display.Show(new Job { State = JobState.Succeeded, Progress = new JobProgress { Iteration = 100, Iterations = 100 } });

        Assert.Equal("succeeded  100/100", Lines[1]);
    }

    [Fact]
    public void Show_ForAPerson_RedrawsOneLine()
    {
        JobProgressDisplay display = new(CliConsole.To(writer) with { Interactive = true }, time);

        display.Show(Running(25));
        time.Advance(TimeSpan.FromMilliseconds(10));
        display.Show(Running(26));
        time.Advance(TimeSpan.FromSeconds(1));
        display.Show(Running(50));
        display.Close();

        string[] drawn = writer.ToString().Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, drawn.Length);
        Assert.StartsWith("running [######..................] 25/100  4/s", drawn[0], StringComparison.Ordinal);
        Assert.EndsWith("\n", drawn[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.4, "0:00")]
    [InlineData(65, "1:05")]
    [InlineData(7800, "2:10:00")]
    [InlineData(double.NaN, "0:00")]
    public void Duration_Seconds_ReadsLikeAClock(double seconds, string expected) => Assert.Equal(expected, JobTexts.Duration(seconds));

    private static Job Running(uint iteration) => new()
    {
        State = JobState.Running,
        Progress = new JobProgress
        {
            Iteration = iteration,
            Iterations = 100,
            IterationsPerSecond = 4,
            RemainingSeconds = (100 - iteration) / 4.0,
            Sigma = 2,
            Losses = new JobLosses { ScoreRms = 0.1234, Emptiness = 0.5 },
        },
    };
}
