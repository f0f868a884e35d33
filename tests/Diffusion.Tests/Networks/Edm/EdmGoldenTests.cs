using Sjc.Diffusion.Networks.Edm;
using Sjc.Diffusion.Scoring;
using Sjc.Diffusion.Tests.Networks.Pixel;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Networks.Edm;

[Trait("Category", "Golden")]
public sealed class EdmGoldenTests
{
    // Of the golden README, relative to the greatest value: F 1e-3, D 3e-4, score 2e-3, but 1e-3 of VE.
    private const double RawTolerance = 1e-3;
    private const double DenoisedTolerance = 3e-4;
    private const double ScoreTolerance = 2e-3;
    private const double VeScoreTolerance = 1e-3;

    public static TheoryData<string> Cases => [.. PixelCases.InFolders("edm", _ => true)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Denoise_Golden_MatchesRawNoiseLabelDenoisedAndScore(string name)
    {
        GoldenCase golden = PixelCases.OpenNamed(name);
        using PixelCase model = PixelCase.Open(golden, new EdmFamily(), $"models/{name}.safetensors");
        double[] sigmas = golden.Doubles("sigma");
        float[]? classes = golden.Has("class_labels") ? golden.Floats("class_labels") : null;
        model.RequireClose("c_noise", sigmas.Select(sigma => model.Plan.Preconditioning.At(sigma).Noise), 1e-6);
        model.RequireClose("F", model.Raw(golden.Doubles("x"), sigmas, classes), RawTolerance);

        IEnumerable<Condition>? conditions = classes?.Chunk(classes.Length / sigmas.Length).Select(row => Condition(model, row));
        ScoreResult result = model.Score(golden.Doubles("x"), sigmas, conditions);
        model.RequireClose("denoised", result.Denoised, DenoisedTolerance);
        model.RequireClose("score", result.Score, model.Plan.Settings["precond"].StartsWith("VE", StringComparison.Ordinal) ? VeScoreTolerance : ScoreTolerance);
    }

    private static Condition Condition(PixelCase model, float[] oneHot) =>
        oneHot.All(value => value == 0) ? model.Denoiser.Unconditional : model.Denoiser.EncodeClassLabel(Array.IndexOf(oneHot, 1f));
}
