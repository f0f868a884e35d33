using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Cameras;

namespace Sjc.RadianceField.Tests.Cameras;

[Trait("Category", "Golden")]
public sealed class PoseGoldenTests
{
    // The README's bound for arithmetic in double.
    private const double Tolerance = 1e-12;

    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "pose*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void FromFieldOfView_GoldenSizes_MatchesReference(string name)
    {
        GoldenCase golden = Open(name);
        double[] parameters = golden.Doubles("K.params");
        double[] expected = golden.Doubles("K.out");
        for (int i = 0; i < parameters.Length / 3; i++)
        {
            CameraIntrinsics actual = CameraIntrinsics.FromFieldOfView((int)parameters[3 * i], (int)parameters[(3 * i) + 1], parameters[(3 * i) + 2]);
            GoldenTolerance.AssertRelative(expected.AsSpan(9 * i, 9), actual.ToMatrix(), Tolerance, $"K[{i}]");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void LookAt_GoldenDirections_MatchesReference(string name)
    {
        GoldenCase golden = Open(name);
        double[] eyes = golden.Doubles("lookat.eye");
        double[] fronts = golden.Doubles("lookat.front");
        double[] ups = golden.Doubles("lookat.up");
        double[] expected = golden.Doubles("lookat.c2w");
        for (int i = 0; i < eyes.Length / 3; i++)
        {
            CameraPose actual = CameraPose.LookAt(At(eyes, i), At(fronts, i), At(ups, i));
            GoldenTolerance.AssertRelative(expected.AsSpan(16 * i, 16), actual.ToMatrix(), Tolerance, $"c2w[{i}]");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TrainingView_GoldenDraws_MatchesReference(string name)
    {
        GoldenCase golden = Open(name);
        foreach (string group in golden.Groups("train."))
        {
            JsonElement config = golden.Config($"{group}.cfg");
            TrainingViewDistribution views = new(config.Int("H"), config.Int("W"), config.Double("R"));
            double[] azimuths = golden.Doubles($"{group}.u_azimuth");
            double[] elevations = golden.Doubles($"{group}.u_elevation");
            double[] fovs = golden.Doubles($"{group}.u_fov");
            for (int i = 0; i < azimuths.Length; i++)
            {
                Camera camera = views.At(azimuths[i], elevations[i], fovs[i]).Camera;
                GoldenTolerance.AssertRelative(golden.Doubles($"{group}.c2w").AsSpan(16 * i, 16), camera.Pose.ToMatrix(), Tolerance, $"{group}.c2w[{i}]");
                GoldenTolerance.AssertRelative(golden.Doubles($"{group}.K").AsSpan(9 * i, 9), camera.Intrinsics.ToMatrix(), Tolerance, $"{group}.K[{i}]");
                GoldenTolerance.AssertRelative(golden.Doubles($"{group}.eye").AsSpan(3 * i, 3), [camera.Pose.Eye.X, camera.Pose.Eye.Y, camera.Pose.Eye.Z], Tolerance, $"{group}.eye[{i}]");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReferenceWords_GoldenDraws_MatchesReference(string name)
    {
        GoldenCase golden = Open(name);
        foreach (string group in golden.Groups("train."))
        {
            JsonElement config = golden.Config($"{group}.cfg");
            TrainingViewDistribution views = new(config.Int("H"), config.Int("W"), config.Double("R"));
            string?[] expected = JsonSerializer.Deserialize<string[]>(golden.Metadata[$"{group}.prefix_strings"])!;
            double[] azimuths = golden.Doubles($"{group}.u_azimuth");
            double[] elevations = golden.Doubles($"{group}.u_elevation");
            for (int i = 0; i < azimuths.Length; i++)
            {
                TrainingView view = views.At(azimuths[i], elevations[i], 0.5);
                string words = ViewWording.Reference.View(view.AzimuthDegrees, view.ElevationDegrees);
                Assert.Equal($"{expected[i]} a prompt", ViewWording.Reference.Compose(words, "a prompt"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Spiral_GoldenPaths_MatchesReference(string name)
    {
        GoldenCase golden = Open(name);
        foreach (string group in golden.Groups("test."))
        {
            JsonElement config = golden.Config($"{group}.cfg");
            CameraPose[] poses = TestViews.Spiral(config.Int("n"), config.Double("R"), config.Double("height"), config.Double("num_rounds"), default);
            AssertPoses(golden, group, poses);
            double[] intrinsics = CameraIntrinsics.FromFieldOfView(config.Int("H"), config.Int("W"), config.Double("FoV")).ToMatrix();
            GoldenTolerance.AssertRelative(golden.Doubles($"{group}.K"), intrinsics, Tolerance, $"{group}.K");
        }

        foreach (string group in golden.Groups("spiral"))
        {
            JsonElement config = golden.Config($"{group}.cfg");
            CameraPose[] poses = TestViews.Spiral(
                config.Int("num_steps"), config.Double("radius"), config.Double("height"), config.Double("num_rounds"), At(config.Doubles("center"), 0));
            AssertPoses(golden, group, poses);
        }
    }

    private static void AssertPoses(GoldenCase golden, string group, CameraPose[] poses)
    {
        double[] actual = [.. poses.SelectMany(pose => pose.ToMatrix())];
        GoldenTolerance.AssertRelative(golden.Doubles($"{group}.c2w"), actual, Tolerance, $"{group}.c2w");
    }

    private static GoldenCase Open(string name) => GoldenCase.Open("sjc", name, Assert.Skip);

    private static Vector3D At(double[] values, int i) => new(values[3 * i], values[(3 * i) + 1], values[(3 * i) + 2]);
}
