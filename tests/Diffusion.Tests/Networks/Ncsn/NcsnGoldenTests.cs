using Sjc.Diffusion.Networks.Ncsn;
using Sjc.Diffusion.Scoring;
using Sjc.Diffusion.Tests.Networks.Pixel;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Networks.Ncsn;

[Trait("Category", "Golden")]
public sealed class NcsnGoldenTests
{
    // Of the golden README, relative to the greatest value.
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Cases => [.. PixelCases.Checkpoints("ncsnv2")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Denoise_Golden_MatchesDenoisedAndScoreInTheDomainOfTheCase(string checkpoint)
    {
        GoldenCase golden = PixelCases.OpenBeside(checkpoint);
        using PixelCase model = PixelCase.Open(golden, new NcsnFamily(), $"models/{checkpoint}");
        Assert.StartsWith("ema", model.Plan.Settings["weights"], StringComparison.Ordinal);
        double unit = Unit(model);
        Assert.Null(GoldenComparison.Mismatch($"{checkpoint}/sigmas", golden.Doubles("sigmas"), [.. model.Plan.Ladder!.Sigmas.Select(sigma => sigma / unit)], sigma => 1e-6 * sigma));
        (ScoreResult result, double[] sigmas) = Score(golden, model);
        Assert.Equal(golden.Integers("level"), sigmas.Select(sigma => (long)model.Plan.Ladder.Snap(sigma).Index));

        // x = (x' + 1)/2: D' = 2D − 1, and the score per unit of x is twice that per unit of x'.
        model.RequireClose("denoised", result.Denoised.Select(value => unit == 2 ? (value + 1.0) / 2 : value), Tolerance);
        model.RequireClose("score", result.Score.Select(value => unit * value), Tolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Denoise_GoldenWithoutAverage_MatchesItsScore(string checkpoint)
    {
        GoldenCase golden = PixelCases.OpenBeside(checkpoint);
        using PixelCase model = PixelCase.Open(golden, new NcsnFamily(), $"models/{checkpoint}", "weights=raw");
        double unit = Unit(model);
        model.RequireClose("score_without_ema", Score(golden, model).Result.Score.Select(value => unit * value), Tolerance);
    }

    /// <summary>2 where the case's images are in [0, 1].</summary>
    private static double Unit(PixelCase model) => model.Plan.Settings["data_range"].StartsWith("[0, 1]", StringComparison.Ordinal) ? 2 : 1;

    private static (ScoreResult Result, double[] Sigmas) Score(GoldenCase golden, PixelCase model)
    {
        double unit = Unit(model);
        double[] sigmas = [.. golden.Doubles("sigma").Select(sigma => model.Plan.Ladder!.Snap(unit * sigma).Sigma)];
        return (model.Score([.. golden.Doubles("x").Select(value => unit == 2 ? (2 * value) - 1 : value)], sigmas), sigmas);
    }
}
