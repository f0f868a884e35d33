using System.Text.Json;
using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Schedules;
using Sjc.Diffusion.Scoring;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Scoring;

[Trait("Category", "Golden")]
public sealed class PaasGoldenTests
{
    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "paas*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ScoreRows_Golden_MatchNoisyDenoisedScoreAndGradient(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        foreach (string group in golden.Groups())
        {
            using ExactDenoiser denoiser = GoldenModel.Denoiser(golden, group);
            ScoreQuery perturbed = Query(golden, group, denoiser);
            float[] noisy = new float[perturbed.Images.Length];
            int size = perturbed.DataShape.ElementCount;
            for (int row = 0; row < perturbed.ImageCount; row++)
            {
                ScoreRows.WriteRow(perturbed, row, noisy.AsSpan(row * size, size));
            }

            ScoreResult average = ScoreEvaluation.Evaluate(denoiser, perturbed);
            ScoreResult direct = ScoreEvaluation.Evaluate(denoiser, new ScoreQuery(perturbed.DataShape, noisy, perturbed.Sigmas, perturbed.Conditions));
            Assert.Null(golden.Mismatch(group + ".out.zs", Widen(noisy)));
            Assert.Null(golden.Mismatch(group + ".out.D", Widen(average.Denoised)));
            Assert.Null(golden.Mismatch(group + ".out.score", Widen(direct.Score)));
            Assert.Null(golden.Mismatch(group + ".out.grad", MeanOverImages(average.Gradient, perturbed.ImageCount)));
        }
    }

    /// <summary>The reference draws a noise level for each draw, so that its draws are images of one draw each.</summary>
    private static ScoreQuery Query(GoldenCase golden, string group, ExactDenoiser denoiser)
    {
        JsonElement settings = GoldenModel.Settings(golden, group);
        SigmaLadder ladder = GoldenModel.Ladder(settings.GetProperty("schedule").GetString()!)!;
        int[] indices = [.. golden.Integers(group + ".sigma_index").Select(index => (int)index)];
        Assert.Equal(golden.Integers(group + ".cond_t"), indices.Select(index => (long)ladder.Timestep(index)));

        float[] image = golden.Floats(group + ".y");
        RecordedNoise noise = new(golden.Floats(group + ".noise"), indices.Length, image.Length);
        return new ScoreQuery(
            denoiser.Description.DataShape,
            [.. indices.SelectMany(_ => image)],
            [.. indices.Select(index => (double)(float)ladder.Sigmas[index])],
            [.. indices.Select(_ => denoiser.Unconditional)])
        {
            Estimator = new ScoreEstimator.PerturbAndAverage(1, 0, 0, settings.GetProperty("var_red").GetBoolean()) { Noise = noise },
        };
    }

    private static double[] Widen(float[] values) => [.. values.Select(value => (double)value)];

    private static double[] MeanOverImages(float[] values, int images)
    {
        int size = values.Length / images;
        return [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, images).Average(image => (double)values[(image * size) + i]))];
    }
}
