using Sjc.Cli.Jobs;
using Sjc.Contracts.Field.V1;

namespace Sjc.Services.Tests.Cli.Jobs;

public sealed class LossHistoryTests
{
    [Fact]
    public void Read_WrittenTable_HoldsTheSamePoints()
    {
        using TemporaryFolder folder = new();
        LossHistory history = new();
        history.Add([Point(1, 0.1), Point(0, 1.0 / 3), Point(2, double.NaN)]);

        history.Write(folder.File("losses.csv"));

        Assert.Equal([Point(0, 1.0 / 3), Point(1, 0.1), Point(2, double.NaN)], LossHistory.Read(folder.File("losses.csv")).Points);
    }

    [Fact]
    public void Add_IterationThatIsThere_ReplacesIt()
    {
        LossHistory history = new();
        history.Add([Point(5, 1)]);

        history.Add([Point(5, 2)]);

        Assert.Equal([Point(5, 2)], history.Points);
    }

    [Fact]
    public void Read_NoFile_IsEmpty() => Assert.Empty(LossHistory.Read("/nonexistent/losses.csv").Points);

    [Theory]
    [InlineData("1,2,3")]
    [InlineData("1,2,3,4,five")]
    public void Read_BadRow_SaysWhich(string row)
    {
        using TemporaryFolder folder = new();
        File.WriteAllLines(folder.File("losses.csv"), ["iteration,sigma,score_rms,emptiness,depth", row]);

        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => LossHistory.Read(folder.File("losses.csv")));

        Assert.Contains(row, exception.Message, StringComparison.Ordinal);
    }

    private static LossPoint Point(uint iteration, double depth) =>
        new() { Iteration = iteration, Sigma = 2.5, Losses = new JobLosses { ScoreRms = 0.25, Emptiness = 1e-9, Depth = depth } };
}
