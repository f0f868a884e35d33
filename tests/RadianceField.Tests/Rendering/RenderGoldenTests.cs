using Sjc.Golden;
using Sjc.RadianceField.Losses;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

[Trait("Category", "Golden")]
public class RenderGoldenTests
{
    public static TheoryData<string> Cases => CasesWith("rd");

    public static TheoryData<string> DepthCases => CasesWith("up_depth");

    public static TheoryData<string> EmptinessCases => CasesWith("out.emptiness_loss");

    public static TheoryData<string> DepthLossCases => CasesWith("out.depth_loss");

    public static TheoryData<string> TotalCases => CasesWith("out.total.g_density");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_GoldenField_MatchesReference(string name)
    {
        (GoldenCase golden, RenderCase render) = Open(name);
        RenderOutcome tape = Run(render, default);

        Assert.Equal(render.Config.Int("num_samples"), tape.SampleCount);
        Assert.Equal(double.Parse(render.Config.GetProperty("step_size").GetString()!), tape.StepLength, 1e-8);
        GoldenTolerance.AssertWithinFile(golden, "out.rgb", render.InCaseLayout(tape.Image));
        GoldenTolerance.AssertWithinFile(golden, "out.depth", tape.Depth);
        float[] weights = tape.Weights;
        if (golden.Has("out.weights"))
        {
            GoldenTolerance.AssertWithinFile(golden, "out.weights", weights);
        }

        if (golden.Has("out.weights_sub"))
        {
            int stride = render.Config.GetProperty("strides").Int("weights_ray");
            GoldenTolerance.AssertWithinFile(golden, "out.weights_sub", [.. weights.Where((_, at) => at % render.RayCount % stride == 0)]);
            GoldenTolerance.AssertWithinFile(golden, "out.bg_weight", tape.Transmittance);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_ImageGradient_MatchesReference(string name)
    {
        (GoldenCase golden, RenderCase render) = Open(name);
        AssertGradient(golden, render, "img", new RenderGradient { Image = render.ImageGradient });
    }

    [Theory]
    [MemberData(nameof(DepthCases))]
    public void Backward_DepthGradient_MatchesReference(string name)
    {
        (GoldenCase golden, RenderCase render) = Open(name);
        AssertGradient(golden, render, "dep", new RenderGradient { Depth = golden.Floats("up_depth") });
    }

    [Theory]
    [MemberData(nameof(EmptinessCases))]
    public void Backward_EmptinessLoss_MatchesReference(string name)
    {
        (GoldenCase golden, RenderCase render) = Open(name);
        double loss = AssertGradient(golden, render, "empt", Emptiness(render));
        GoldenTolerance.AssertWithinFile(golden, "out.emptiness_loss", [loss]);
    }

    [Theory]
    [MemberData(nameof(DepthLossCases))]
    public void Backward_DepthLoss_MatchesReference(string name)
    {
        (GoldenCase golden, RenderCase render) = Open(name);
        AssertGradient(golden, render, "dloss", new RenderGradient { Depth = DepthLossGradient(golden, render) });
    }

    [Theory]
    [MemberData(nameof(TotalCases))]
    public void Backward_AllLosses_MatchesReference(string name)
    {
        (GoldenCase golden, RenderCase render) = Open(name);
        RenderGradient emptiness = Emptiness(render);
        AssertGradient(golden, render, "total", new RenderGradient
        {
            Image = render.ImageGradient,
            Depth = DepthLossGradient(golden, render),
            EmptinessWeight = emptiness.EmptinessWeight,
            EmptinessScale = emptiness.EmptinessScale,
        });
    }

    /// <summary>The files that hold a tensor.</summary>
    private static TheoryData<string> CasesWith(string tensor)
    {
        string[] names = [.. GoldenFolder.Find("sjc", "render_*.safetensors").Where(name => name != GoldenFolder.NoCase && GoldenCase.Open("sjc", name, Assert.Skip).Has(tensor))];
        return names.Length > 0 ? [.. names] : [GoldenFolder.NoCase];
    }

    /// <summary>The renderer under test on a case.</summary>
    private protected virtual RenderOutcome Run(RenderCase render, RenderGradient gradient)
    {
        using VoxelRenderer renderer = new(2);
        RenderTape tape = new();
        renderer.Forward(render.Field, render.Rays, render.Options, tape);
        double emptiness = renderer.Backward(render.Field, tape, gradient);
        FieldGradient sum = new(render.Field);
        renderer.Accumulate(render.Field, [tape], sum);
        float[] weights = new float[tape.SampleCount * tape.RayCount];
        tape.ExportWeights(weights);
        return new()
        {
            SampleCount = tape.SampleCount,
            StepLength = tape.StepLength,
            Image = [.. tape.Image],
            Depth = [.. tape.Depth],
            Transmittance = [.. tape.Transmittance],
            Weights = weights,
            Emptiness = emptiness,
            Gradient = sum,
        };
    }

    private static RenderGradient Emptiness(RenderCase render)
    {
        double multiplier = render.Config.TryGetProperty("emptiness_multiplier", out _) ? render.Config.Double("emptiness_multiplier") : 1;
        return new()
        {
            EmptinessWeight = (float)(render.Config.Double("emptiness_weight") * multiplier),
            EmptinessScale = (float)render.Config.Double("emptiness_scale"),
        };
    }

    private float[] DepthLossGradient(GoldenCase golden, RenderCase render)
    {
        RenderOutcome tape = Run(render, default);
        (int height, int width) = (render.Config.Int("H"), render.Config.Int("W"));
        double weight = render.Config.Double("depth_weight");
        (double loss, double difference) = CenterDepthLoss.Forward(tape.Depth, height, width, weight);
        GoldenTolerance.AssertWithinFile(golden, "out.depth_loss", [loss]);
        GoldenTolerance.AssertWithinFile(golden, "out.depth_diff", [difference]);
        float[] gradient = new float[height * width];
        CenterDepthLoss.Adjoint(difference, height, width, weight, gradient);
        return gradient;
    }

    /// <summary>Compares every gradient of a loss that the file has: whole tensors, or their strided parts, sums and norms.</summary>
    private double AssertGradient(GoldenCase golden, RenderCase render, string loss, RenderGradient upstream)
    {
        RenderOutcome outcome = Run(render, upstream);
        FieldGradient gradient = outcome.Gradient;

        float[] density = new float[render.Field.Grid.VoxelCount];
        float[] features = new float[density.Length * render.Field.Channels];
        gradient.Voxels.ExportDensity(density);
        gradient.Voxels.ExportFeatures(features);
        AssertTensor(golden, $"out.{loss}.g_density", density, Stride(render, "density"));
        AssertTensor(golden, $"out.{loss}.g_color", features, Stride(render, "color"));
        AssertTensor(golden, $"out.{loss}.g_d_scale", [gradient.DensityScale], 1);
        if (render.Field.Background.IsTexture)
        {
            AssertTensor(golden, $"out.{loss}.g_bg", gradient.Background, 1);
        }

        return outcome.Emptiness;
    }

    private static int Stride(RenderCase render, string tensor) =>
        render.Config.TryGetProperty("strides", out System.Text.Json.JsonElement strides) ? strides.Int(tensor) : 1;

    private static void AssertTensor(GoldenCase golden, string tensor, ReadOnlySpan<float> actual, int stride)
    {
        double[] values = [.. actual.ToArray().Select(value => (double)value)];
        Dictionary<string, double[]> found = new()
        {
            [tensor] = values,
            [$"{tensor}_sub"] = [.. values.Where((_, at) => at % stride == 0)],
            [$"{tensor}_sum"] = [values.Sum()],
            [$"{tensor}_l2"] = [Math.Sqrt(values.Sum(value => value * value))],
        };
        foreach ((string name, double[] compared) in found)
        {
            if (golden.Has(name))
            {
                GoldenTolerance.AssertWithinFile(golden, name, compared);
            }
        }
    }

    private static (GoldenCase Golden, RenderCase Render) Open(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        return (golden, new RenderCase(golden));
    }
}
