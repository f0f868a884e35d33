using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Optimizers;

namespace Sjc.RadianceField.Tests.Optimizers;

[Trait("Category", "Golden")]
public sealed class AdamaxGoldenTests
{
    private static readonly string[] Tensors = ["density", "color", "bg", "d_scale"];

    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "adamax*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Update_GoldenGradients_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            JsonElement config = golden.Config($"{group}.cfg");
            AdamaxRates rates = Rates(config);
            AssertRates(config.GetProperty("group_lrs"), rates);
            foreach (string tensor in Tensors)
            {
                float? rate = tensor switch { "bg" => rates.Background, "d_scale" => rates.DensityScale, _ => rates.Voxels };
                GoldenTolerance.AssertWithinFile(golden, $"{group}.out.{tensor}", Run(golden, group, tensor, rate, config.Int("steps")));
            }
        }
    }

    private static AdamaxRates Rates(JsonElement config)
    {
        float baseRate = (float)config.Double("base_lr");
        AdamaxRates rates = config.GetProperty("annealed_sigma") is { ValueKind: JsonValueKind.Number } sigma
            ? AdamaxRates.Annealed(baseRate, sigma.GetSingle())
            : AdamaxRates.Standard(baseRate);
        return config.GetProperty("bg_grad_is_none").GetBoolean() ? rates with { Background = null } : rates;
    }

    private static void AssertRates(JsonElement expected, AdamaxRates rates)
    {
        Assert.Equal(expected.Double("density"), rates.Voxels, 1e-6);
        Assert.Equal(expected.Double("color"), rates.Voxels, 1e-6);
        Assert.Equal(expected.Double("bg"), rates.Background ?? expected.Double("bg"), 1e-6);
        Assert.Equal(expected.Double("d_scale"), rates.DensityScale!.Value, 1e-6);
    }

    private static float[] Run(GoldenCase golden, string group, string tensor, float? rate, int steps)
    {
        float[] parameters = golden.Floats($"{group}.init.{tensor}");
        float[] gradients = golden.Floats($"{group}.grad.{tensor}");
        float[] moment = new float[parameters.Length];
        float[] norm = new float[parameters.Length];
        List<float> history = [];
        for (int step = 1; step <= steps; step++)
        {
            if (rate is { } known)
            {
                Adamax.Update(parameters, gradients.AsSpan((step - 1) * parameters.Length, parameters.Length), moment, norm, Adamax.CorrectedRate(known, step));
            }

            history.AddRange(parameters);
        }

        return [.. history];
    }
}
