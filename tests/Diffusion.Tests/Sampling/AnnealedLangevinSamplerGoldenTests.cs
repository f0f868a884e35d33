using System.Text.Json;
using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Sampling;
using Sjc.Diffusion.Schedules;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Sampling;

[Trait("Category", "Golden")]
public sealed class AnnealedLangevinSamplerGoldenTests
{
    // NCSN's levels are float32 (README section 8); the others are tables in double.
    private const double FloatTolerance = 1e-6;
    private const double TableTolerance = 1e-10;

    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "smld*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sample_Golden_MatchesEveryStateAndLevel(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        foreach (string group in golden.Groups())
        {
            using ExactDenoiser denoiser = GoldenModel.Denoiser(golden, group);
            JsonElement settings = GoldenModel.Settings(golden, group);
            AnnealedLangevinOptions options = Options(settings);
            double relative = options.Ladder == SigmaLadder.Ncsn ? FloatTolerance : TableTolerance;
            Assert.Null(GoldenComparison.Mismatch(
                $"{golden.Name}/{group}.sigmas", golden.Doubles(group + ".sigmas"), AnnealedLangevinSampler.Levels(options), expected => relative * expected));

            double[] start = golden.Doubles(group + ".u_init");
            double[] state = settings.GetProperty("samps_centered").GetBoolean() ? [.. start.Select(value => (2 * value) - 1)] : start;
            int images = golden.Shape(group + ".u_init")[0];
            RecordedNoise noise = new(golden.Floats(group + ".noise"), images, start.Length / images);
            List<double> states = [.. state];
            AnnealedLangevinSampler.Sample(GoldenModel.Record(denoiser, []), state, images, options, noise, step => states.AddRange(step.State), TestContext.Current.CancellationToken);
            Assert.Null(golden.Mismatch(group + ".out.xs", [.. states]));
        }
    }

    private static AnnealedLangevinOptions Options(JsonElement settings)
    {
        SigmaLadder? ladder = GoldenModel.Ladder(settings.GetProperty("model").GetString()!);
        double leastOfContinuous = settings.TryGetProperty("model_sigma_min", out JsonElement least) ? least.GetDouble() : 0.002;
        return new AnnealedLangevinOptions
        {
            Stages = settings.GetProperty("num_stages").GetInt32(),
            StepsPerStage = settings.GetProperty("num_steps").GetInt32(),
            SigmaMax = settings.GetProperty("sigma_max").GetDouble(),
            SigmaMin = ladder?.SigmaMin ?? leastOfContinuous,
            StepSize = settings.GetProperty("eps").GetDouble(),
            Ladder = ladder,
        };
    }
}
