using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Losses;

namespace Sjc.RadianceField.Tests.Losses;

[Trait("Category", "Golden")]
public sealed class LossesGoldenTests
{
    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "losses*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Emptiness_GoldenWeights_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("empt"))
        {
            JsonElement config = golden.Config($"{group}.cfg");
            double weight = config.Double("weight") * config.Double("multiplier");
            float[] weights = golden.Floats($"{group}.w");
            float[] gradient = new float[weights.Length];

            EmptinessLoss.Adjoint(weights, weight, config.Double("scale"), gradient);

            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.loss", [EmptinessLoss.Forward(weights, weight, config.Double("scale"))]);
            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.grad", gradient);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CenterDepth_GoldenDepths_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("depth"))
        {
            double weight = golden.Config($"{group}.cfg").Double("depth_weight");
            float[] depth = golden.Floats($"{group}.depth");
            int[] shape = golden.Shape($"{group}.depth");
            float[] gradient = new float[depth.Length];

            (double loss, double difference) = CenterDepthLoss.Forward(depth, shape[0], shape[1], weight);
            CenterDepthLoss.Adjoint(difference, shape[0], shape[1], weight, gradient);

            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.loss", [loss]);
            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.diff", [difference]);
            GoldenTolerance.AssertWithinFile(golden, $"{group}.out.grad", gradient);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Multiplier_GoldenSchedule_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        double[] rows = golden.Doubles("schedule.step_n_i_active");
        for (int i = 0; i < rows.Length; i += 4)
        {
            double multiplier = EmptinessLoss.Multiplier(rows[i], (int)rows[i + 1], (int)rows[i + 2], 20);
            Assert.Equal(rows[i + 3] != 0 ? 20 : 1, multiplier);
        }
    }
}
