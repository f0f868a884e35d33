using Sjc.Diffusion.Networks.ScoreSde;
using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Scoring;
using Sjc.Diffusion.Tests.Networks.Pixel;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Networks.ScoreSde;

[Trait("Category", "Golden")]
public sealed class ScoreSdeGoldenTests
{
    // Of the golden README, relative to the greatest value.
    private const double VeTolerance = 1e-3;
    private const double VpTolerance = 1e-4;

    public static TheoryData<string> VeCases => [.. PixelCases.Checkpoints("ncsnpp")];

    public static TheoryData<string> VpCases => [.. PixelCases.Checkpoints("ddpmpp")];

    [Theory]
    [MemberData(nameof(VeCases))]
    public void Denoise_GoldenVe_MatchesRawScoreAndDenoisedInTheDomainOfTheCase(string checkpoint)
    {
        GoldenCase golden = PixelCases.OpenBeside(checkpoint);
        using PixelCase model = PixelCase.Open(golden, new ScoreSdeFamily(), $"models/{checkpoint}");
        double unit = Unit(model);
        double[] sigmas = Sigmas(golden, model);
        double[] images = Images(golden, model);
        ScoreResult result = model.Score(images, sigmas);
        model.RequireClose("raw", model.Raw(images, sigmas), VeTolerance);

        // x = (x' + 1)/2: D' = 2D − 1, and the score per unit of x is twice that per unit of x'.
        model.RequireClose("denoised", result.Denoised.Select(value => unit == 2 ? (value + 1.0) / 2 : value), VeTolerance);
        model.RequireClose("score", result.Score.Select(value => unit * value), VeTolerance);
    }

    [Theory]
    [MemberData(nameof(VeCases))]
    public void Denoise_GoldenVeWithoutAverage_MatchesItsScore(string checkpoint)
    {
        GoldenCase golden = PixelCases.OpenBeside(checkpoint);
        using PixelCase model = PixelCase.Open(golden, new ScoreSdeFamily(), $"models/{checkpoint}", "weights=raw");
        double unit = Unit(model);
        model.RequireClose("score_without_ema", model.Score(Images(golden, model), Sigmas(golden, model)).Score.Select(value => unit * value), VeTolerance);
    }

    [Theory]
    [MemberData(nameof(VpCases))]
    public void Denoise_GoldenVp_MatchesTimeOutputDenoisedAndScore(string checkpoint)
    {
        GoldenCase golden = PixelCases.OpenBeside(checkpoint);
        using PixelCase model = PixelCase.Open(golden, new ScoreSdeFamily(), $"models/{checkpoint}");
        double[] sigmas = golden.Doubles("sigma");
        double[] images = golden.Doubles("x");
        PreservingPreconditioning process = Assert.IsType<PreservingPreconditioning>(model.Plan.Preconditioning);
        model.RequireClose("t", sigmas.Select(process.Time), 1e-9);
        model.RequireClose("label", sigmas.Select(sigma => process.At(sigma).Noise), 1e-9);
        model.RequireClose("out", model.Raw(images, sigmas), VpTolerance);
        ScoreResult result = model.Score(images, sigmas);
        model.RequireClose("denoised", result.Denoised, VpTolerance);
        model.RequireClose("score", result.Score, VpTolerance);

        // In the process's own x_t = α·x, α = 1/√(σ²+1), the score is larger by 1/α.
        int size = images.Length / sigmas.Length;
        model.RequireClose("score_vp_domain", result.Score.Select((value, i) => value * Math.Sqrt(Math.Pow(sigmas[i / size], 2) + 1)), VpTolerance);
    }

    [Theory]
    [MemberData(nameof(VpCases))]
    public void Forward_GoldenVpWithoutAverage_MatchesItsOutput(string checkpoint)
    {
        GoldenCase golden = PixelCases.OpenBeside(checkpoint);
        using PixelCase model = PixelCase.Open(golden, new ScoreSdeFamily(), $"models/{checkpoint}", "weights=raw");
        model.RequireClose("out_without_ema", model.Raw(golden.Doubles("x"), golden.Doubles("sigma")), VpTolerance);
    }

    /// <summary>2 where the case's images are in [0, 1].</summary>
    private static double Unit(PixelCase model) => model.Plan.Settings["data_range"].StartsWith("[0, 1]", StringComparison.Ordinal) ? 2 : 1;

    private static double[] Sigmas(GoldenCase golden, PixelCase model) => [.. golden.Doubles("sigma").Select(sigma => Unit(model) * sigma)];

    private static double[] Images(GoldenCase golden, PixelCase model) => [.. golden.Doubles("x").Select(value => Unit(model) == 2 ? (2 * value) - 1 : value)];
}
