using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Optimization;

namespace Sjc.RadianceField.Tests.Optimization;

public sealed class SjcOptionsTests
{
    public static TheoryData<string, SjcOptions> Broken => new()
    {
        { "Iterations", TestRun.Options with { Iterations = 0 } },
        { "GridSize", TestRun.Options with { GridSize = 3 } },
        { "Growth", TestRun.Options with { Growth = [new(0, 12)] } },
        { "Growth", TestRun.Options with { Growth = [new(12, 12)] } },
        { "Growth", TestRun.Options with { Growth = [new(4, 10)] } },
        { "Growth", TestRun.Options with { Growth = [new(4, 401)] } },
        { "Growth", TestRun.Options with { Growth = [new(4, 12), new(4, 14)] } },
        { "Growth", TestRun.Options with { Growth = [new(4, 14), new(5, 14)] } },
        { "PruneIterations", TestRun.Options with { PruneIterations = [0] } },
        { "PruneIterations", TestRun.Options with { PruneIterations = [12] } },
        { "PruneIterations", TestRun.Options with { PruneIterations = [4, 4] } },
        { "PruneIterations", TestRun.Options with { PruneIterations = [5, 4] } },
        { "PruneThreshold", TestRun.Options with { PruneThreshold = -0.01 } },
        { "PruneThreshold", TestRun.Options with { PruneThreshold = 1 } },
        { "PruneThreshold", TestRun.Options with { PruneThreshold = double.NaN } },
        { "FovMaxDegrees", TestRun.Options with { FovMinDegrees = 60, FovMaxDegrees = 50 } },
        { "BackgroundColor", TestRun.Options with { BackgroundColor = [1] } },
        { "SigmaLadder", TestRun.Options with { SigmaDistribution = SigmaDistribution.Ladder, SigmaLadder = [3, 2, 1] } },
        { "SigmaMaxEnd", TestRun.Options with { SigmaMin = 2 } },
        { "RenderSize", TestRun.Options with { RenderSize = 14 } },
        { "ViewWording", TestRun.Options with { ViewWording = new ViewWording("{prompt}", [new ViewBand(90, ["view"])]) } },
        { "ViewWording", TestRun.Options with { ViewWording = new ViewWording("{view} {prompt}", [new ViewBand(80, ["view"])]) } },
        { "LearningRate", TestRun.Options with { LearningRate = double.NaN } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void ThrowIfInvalid_BrokenRule_NamesTheOption(string name, SjcOptions options)
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(options.ThrowIfInvalid);

        Assert.Contains(name, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_Threads_DoNotCount() =>
        Assert.Equal(TestRun.Options.Fingerprint(), (TestRun.Options with { Threads = 7 }).Fingerprint());

    [Fact]
    public void Fingerprint_EveryOtherOption_Counts()
    {
        string[] prints =
        [
            .. new[]
            {
                TestRun.Options,
                TestRun.Options with { Seed = 6 },
                TestRun.Options with { BackgroundColor = [0, 0, 0] },
                TestRun.Options with { BackgroundColor = [0, 0, 1] },
                TestRun.Options with { ViewWording = null },
                TestRun.Options with { Growth = [new(4, 12)] },
                TestRun.Options with { Growth = [new(4, 13)] },
                TestRun.Options with { PruneIterations = [4] },
                TestRun.Options with { PruneIterations = [5] },
                TestRun.Options with { PruneIterations = [5], PruneThreshold = 0.1 },
                TestRun.Options with { SigmaLadder = [2] },
                TestRun.Options with { SigmaLadder = [1] },
                TestRun.Options with { BackgroundLearningRate = 1e-4 },
            }.Select(options => options.Fingerprint()),
        ];

        Assert.Equal(prints.Length, prints.Distinct().Count());
    }
}
