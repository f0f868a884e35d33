using System.Numerics;
using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;

namespace Sjc.RadianceField.Tests.Optimization;

[Trait("Category", "Golden")]
public class EndToEndGoldenTests
{
    // The README's rule for the e2e files: Adamax turns tiny gradients into full-size steps, so a few barely touched voxels may differ.
    private const double ShareWithinTolerance = 0.999;
    private const double OutlierBound = 0.1;

    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "e2e_*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_GoldenRun_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        JsonElement config = golden.Config();
        int target = config.Int("target_hw");
        int elements = config.Int("c") * target * target;
        AnalyticDenoiser denoiser = new(golden.Floats("Y"), elements);
        float[] noise = golden.Floats("noise");
        float[] sigmas = golden.Floats("sigma");
        long[] samples = golden.Integers("num_samples");
        Recording run = new();

        using SjcOptimization optimization = Optimization(Options(config), Field(golden, config));
        for (int i = 0; i < config.Int("n_steps"); i++)
        {
            ReadOnlySpan<float> image = optimization.Render(Plan(golden, config, i));
            Assert.Equal(samples[i], optimization.LastTape!.SampleCount);
            run.Images.AddRange(optimization.LastTape!.Image);
            float[] gradient = denoiser.Gradient(image, noise.AsSpan(i * elements, elements), sigmas[i], config.GetProperty("var_red").GetBoolean());
            if (i < golden.Shape("out.depth_first5")[0])
            {
                run.Depths.AddRange(optimization.LastTape!.Depth);
                run.Gradients.AddRange(gradient);
            }

            run.Losses.Add(optimization.Step(gradient));
            if ((i + 1) % config.Int("adamax_ckpt_every") == 0)
            {
                run.Checkpoint(optimization.Field);
            }
        }

        run.AssertMatches(golden, config.Double("depth_weight") > 0, config.GetProperty("bg").GetBoolean());
    }

    /// <summary>The optimisation under test.</summary>
    private protected virtual SjcOptimization Optimization(SjcOptions options, VoxelField field) => new(options, field);

    private static SjcOptions Options(JsonElement config) => new()
    {
        Iterations = config.Int("n_steps"),
        Threads = 2,
        Channels = config.Int("c"),
        ScorerHeight = config.Int("target_hw"),
        ScorerWidth = config.Int("target_hw"),
        StepRatio = config.Double("step_ratio"),
        WeightThreshold = config.Double("weight_thres"),
        RenderSize = config.Int("render_hw"),
        CameraRadius = config.Double("R"),
        SigmaDistribution = SigmaDistribution.LogUniform,
        EmptinessWeight = config.Double("emptiness_weight"),
        EmptinessScale = config.Double("emptiness_scale"),
        EmptinessStep = config.Double("emptiness_step"),
        EmptinessMultiplier = config.Double("emptiness_multiplier"),
        DepthWeight = config.Double("depth_weight"),
        LearningRate = config.Double("lr"),
        BackgroundLearningRate = config.Double("lr_bg"),
    };

    private static VoxelField Field(GoldenCase golden, JsonElement config)
    {
        int[] grid = [.. config.GetProperty("grid_xyz").EnumerateArray().Select(extent => extent.GetInt32())];
        float[][] box = [.. config.GetProperty("aabb").EnumerateArray().Select(corner => corner.EnumerateArray().Select(value => value.GetSingle()).ToArray())];
        int[] texture = golden.Shape("init.bg");
        bool learnt = config.GetProperty("bg").GetBoolean();
        float[] white = [.. Enumerable.Repeat(1f, config.Int("c"))];
        ColorMode mode = config.GetProperty("kind").GetString() switch
        {
            "V_SD" => ColorMode.Raw,
            "V_SJC" => ColorMode.SigmoidCentered,
            _ => ColorMode.Sigmoid,
        };
        VoxelField field = new(
            new GridSize(grid[0], grid[1], grid[2]),
            new AxisAlignedBox(new Vector3(box[0].AsSpan()), new Vector3(box[1].AsSpan())),
            config.Int("c"),
            mode,
            (float)config.Double("density_shift"),
            learnt ? Background.Texture(texture[1], texture[2], texture[3]) : Background.Fixed(white))
        {
            DensityScale = golden.Floats("init.d_scale")[0],
        };
        field.Voxels.ImportDensity(golden.Floats("init.density"));
        field.Voxels.ImportFeatures(golden.Floats("init.color"));
        if (learnt)
        {
            golden.Floats("init.bg").CopyTo(field.Background.Values);
        }

        return field;
    }

    private static ViewPlan Plan(GoldenCase golden, JsonElement config, int i)
    {
        int size = config.Int("render_hw");
        TrainingViewDistribution views = new(size, size, config.Double("R"));
        TrainingView view = views.At(golden.Doubles("u_azimuth")[i], golden.Doubles("u_elevation")[i], golden.Doubles("u_fov")[i]);
        GoldenTolerance.AssertRelative(golden.Doubles("c2w").AsSpan(16 * i, 16), view.Camera.Pose.ToMatrix(), 1e-12, $"c2w[{i}]");
        GoldenTolerance.AssertRelative(golden.Doubles("K").AsSpan(9 * i, 9), view.Camera.Intrinsics.ToMatrix(), 1e-12, $"K[{i}]");
        string words = ViewWording.Reference.View(view.AzimuthDegrees, view.ElevationDegrees);
        Assert.Equal(new[] { "front view", "side view", "backside view", "overhead view" }[golden.Integers("prefix")[i]], words);
        return new(i, 0, view.Camera, golden.Floats("sigma")[i], view.AzimuthDegrees, view.ElevationDegrees, words, 0);
    }

    private sealed class Recording
    {
        public List<float> Images { get; } = [];

        public List<float> Depths { get; } = [];

        public List<float> Gradients { get; } = [];

        public List<IterationLosses> Losses { get; } = [];

        private List<float> Density { get; } = [];

        private List<float> Color { get; } = [];

        private List<float> Texture { get; } = [];

        private List<float> DensityScale { get; } = [];

        public void Checkpoint(VoxelField field)
        {
            float[] density = new float[field.Grid.VoxelCount];
            float[] color = new float[field.Grid.VoxelCount * field.Channels];
            field.Voxels.ExportDensity(density);
            field.Voxels.ExportFeatures(color);
            Density.AddRange(density);
            Color.AddRange(color);
            Texture.AddRange(field.Background.Values);
            DensityScale.Add(field.DensityScale);
        }

        public void AssertMatches(GoldenCase golden, bool hasDepthLoss, bool hasTexture)
        {
            GoldenTolerance.AssertWithinFile(golden, "out.y", [.. Images]);
            GoldenTolerance.AssertWithinFile(golden, "out.depth_first5", [.. Depths]);
            GoldenTolerance.AssertWithinFile(golden, "out.paas_first5", [.. Gradients]);
            GoldenTolerance.AssertWithinFile(golden, "out.empt_loss", [.. Losses.Select(losses => losses.Emptiness)]);
            GoldenTolerance.AssertWithinFile(golden, "out.depth_diff", [.. Losses.Select(losses => losses.DepthDifference)]);
            if (hasDepthLoss)
            {
                GoldenTolerance.AssertWithinFile(golden, "out.depth_loss", [.. Losses.Select(losses => losses.Depth)]);
            }

            AssertVoxels(golden, "out.ckpt.density", Density);
            AssertVoxels(golden, "out.ckpt.color", Color);
            GoldenTolerance.AssertWithinFile(golden, "out.ckpt.d_scale", [.. DensityScale]);
            if (hasTexture)
            {
                GoldenTolerance.AssertWithinFile(golden, "out.ckpt.bg", [.. Texture]);
            }
        }

        private static void AssertVoxels(GoldenCase golden, string tensor, List<float> actual)
        {
            double[] expected = golden.Doubles(tensor);
            double tolerance = golden.Number($"tol.{tensor}")!.Value;
            double[] errors = [.. expected.Zip(actual, (e, a) => Math.Abs(e - a))];
            double rms = Math.Sqrt(errors.Average(error => error * error));
            double share = errors.Count(error => error <= tolerance) / (double)errors.Length;

            Assert.Equal(expected.Length, actual.Count);
            Assert.True(rms <= golden.Number($"rms.{tensor}"), $"The RMS error of {tensor} must be at most {golden.Number($"rms.{tensor}")}, but is {rms:G3}.");
            Assert.True(share >= ShareWithinTolerance, $"{ShareWithinTolerance:P1} of {tensor} must be within {tolerance}, but {share:P2} are.");
            Assert.True(errors.Max() <= OutlierBound, $"All of {tensor} must be within {OutlierBound}, but the worst is off by {errors.Max():G3}.");
        }
    }
}
