using Sjc.FieldOptimizer.Jobs;

namespace Sjc.Services.Tests.FieldOptimizer.Jobs;

public sealed class LossLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_AppendedSamples_AreEqualToTheBit()
    {
        LossLog log = new(folder["losses.csv"]);
        LossSample[] samples = [new(1, 1.0 / 3, 0.1, 2e-17, double.NaN), new(2, 8, 3, 4, 5)];

        log.Append([samples[0]]);
        log.Append([samples[1]]);

        Assert.Equal(samples, log.Read());
    }

    [Fact]
    public void Read_NoFile_IsEmpty() => Assert.Empty(new LossLog(folder["losses.csv"]).Read());

    [Fact]
    public void Truncate_SamplesAfterTheCheckpoint_AreCut()
    {
        LossLog log = new(folder["losses.csv"]);
        log.Append([.. Enumerable.Range(1, 9).Select(i => new LossSample(i, i, i, i, i))]);

        Assert.Equal([1, 2, 3, 4], log.Truncate(4).Select(sample => sample.Iteration));
        log.Append([new LossSample(5, 0, 0, 0, 0)]);
        Assert.Equal([1, 2, 3, 4, 5], log.Read().Select(sample => sample.Iteration));
    }

    [Fact]
    public void Truncate_LineHalfWritten_IsCut()
    {
        LossLog log = new(folder["losses.csv"]);
        log.Append([new LossSample(1, 1, 1, 1, 1)]);
        File.AppendAllText(folder["losses.csv"], "2,0.5,0.");

        Assert.Equal([1], log.Truncate(10).Select(sample => sample.Iteration));
        log.Append([new LossSample(2, 2, 2, 2, 2)]);
        Assert.Equal([1, 2], log.Read().Select(sample => sample.Iteration));
    }
}
