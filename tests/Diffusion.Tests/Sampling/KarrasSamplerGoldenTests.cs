using System.Text.Json;
using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Guidance;
using Sjc.Diffusion.Sampling;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Sampling;

[Trait("Category", "Golden")]
public sealed class KarrasSamplerGoldenTests
{
    // Levels in double: README section 1.
    private const double LevelTolerance = 1e-12;
    private const double TableTolerance = 1e-10;

    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "karras*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sample_Golden_MatchesEveryStateAndLevel(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        foreach (string group in golden.Groups())
        {
            using ExactDenoiser denoiser = GoldenModel.Denoiser(golden, group);
            JsonElement settings = GoldenModel.Settings(golden, group);
            KarrasOptions options = Options(settings);
            double[] levels = KarrasSampler.Levels(options);
            RequireLevels(golden, group + ".ts", levels, options);

            float[] start = golden.Floats(group + ".init_noise");
            double[] state = [.. start.Select(value => levels[0] * value)];
            int images = settings.GetProperty("batch").GetInt32();
            RecordedNoise noise = new(golden.Has(group + ".churn_noise") ? golden.Floats(group + ".churn_noise") : [], images, start.Length / images);
            List<double> states = [.. state];
            List<double> asked = [];
            DenoiseFunction denoise = Guide(GoldenModel.Record(denoiser, asked), golden, group, settings);
            KarrasSampler.Sample(denoise, state, images, options, noise, step => states.AddRange(step.State), TestContext.Current.CancellationToken);

            RequireLevels(golden, group + ".denoise_sigmas", [.. asked], options);
            Assert.Equal(settings.GetProperty("n_churn").GetInt32(), noise.CallCount);
            Assert.Null(golden.Mismatch(group + ".out.xs", [.. states]));
        }
    }

    private static KarrasOptions Options(JsonElement settings)
    {
        double Number(string name) => settings.GetProperty(name).GetDouble();
        return new KarrasOptions
        {
            Steps = settings.GetProperty("num_t").GetInt32(),
            SigmaMax = Math.Min(Number("sigma_max"), Number("model_sigma_max")),
            SigmaMin = Number("model_sigma_min"),
            Ladder = GoldenModel.Ladder(settings.GetProperty("model").GetString()!),
            Heun = settings.GetProperty("heun").GetBoolean(),
            Churn = settings.GetProperty("langevin").GetBoolean(),
            ChurnAmount = Number("S_churn"),
            ChurnSigmaMin = Number("S_min"),
            ChurnSigmaMax = Number("S_max"),
            ChurnNoiseScale = Number("S_noise"),
        };
    }

    private static DenoiseFunction Guide(DenoiseFunction denoise, GoldenCase golden, string group, JsonElement settings)
    {
        if (settings.GetProperty("cls_scaling").ValueKind == JsonValueKind.Null)
        {
            return denoise;
        }

        float[] gradient = golden.Floats(group + ".cls_grad");
        double scale = settings.GetProperty("cls_scaling").GetDouble();
        return (noisy, sigma, denoised) =>
        {
            denoise(noisy, sigma, denoised);
            ClassifierGuidance.Apply(denoised, gradient, scale, sigma);
        };
    }

    private static void RequireLevels(GoldenCase golden, string tensor, double[] actual, KarrasOptions options)
    {
        double relative = options.Ladder is null ? LevelTolerance : TableTolerance;
        Assert.Null(GoldenComparison.Mismatch($"{golden.Name}/{tensor}", golden.Doubles(tensor), actual, expected => relative * Math.Abs(expected)));
    }
}
