using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Cameras;

namespace Sjc.RadianceField.Tests.Cameras;

[Trait("Category", "Golden")]
public sealed class RaysGoldenTests
{
    // The README's bound for arithmetic in double.
    private const double Tolerance = 1e-12;

    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "rays*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void FillDirections_GoldenCameras_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            JsonElement config = golden.Config($"{group}.cfg");
            Camera camera = CameraOf(golden, group);
            foreach ((string tensor, int factor, bool normalized) in new[]
            {
                ("rd", 1, true), ("rd_unnorm", 1, false), ("sub_rd", config.Int("f"), true), ("sub_rd_unnorm", config.Int("f"), false),
            })
            {
                double[] actual = new double[camera.Height * camera.Width * factor * factor * 3];
                CameraRays.FillDirections(camera, factor, actual, normalized);
                GoldenTolerance.AssertRelative(golden.Doubles($"{group}.{tensor}"), actual, Tolerance, $"{group}.{tensor}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void IntersectClipped_GoldenCameras_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        foreach (string group in golden.Groups("c"))
        {
            Camera camera = CameraOf(golden, group);
            double[] box = golden.Doubles($"{group}.aabb");
            double[] directions = new double[camera.Height * camera.Width * 3];
            CameraRays.FillDirections(camera, 1, directions);
            double[] near = new double[directions.Length / 3];
            double[] far = new double[near.Length];
            RayBox.IntersectClipped(camera.Pose.Eye, directions, new(box[0], box[2], box[4]), new(box[1], box[3], box[5]), near, far);
            int[] hits = RayBox.Hits(near, far);

            GoldenTolerance.AssertRelative(golden.Doubles($"{group}.clip_t_min"), near, Tolerance, $"{group}.clip_t_min");
            GoldenTolerance.AssertRelative(golden.Doubles($"{group}.clip_t_max"), far, Tolerance, $"{group}.clip_t_max");
            Assert.Equal(golden.Integers($"{group}.filt_inds"), hits.Select(hit => (long)hit));
            GoldenTolerance.AssertRelative(golden.Doubles($"{group}.filt_t_min"), [.. hits.Select(hit => near[hit])], Tolerance, $"{group}.filt_t_min");
            GoldenTolerance.AssertRelative(golden.Doubles($"{group}.filt_rd"), [.. hits.SelectMany(hit => directions[(3 * hit)..((3 * hit) + 3)])], Tolerance, $"{group}.filt_rd");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Intersect_GoldenBoxes_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        string[] groups = [.. golden.File.Header.Entries.Where(entry => entry.Name.EndsWith(".hit", StringComparison.Ordinal)).Select(entry => entry.Name[..^4])];
        Assert.NotEmpty(groups);
        foreach (string group in groups)
        {
            int[] shape = golden.Shape($"{group}.rd");
            int dimensions = shape[1];
            double[] origins = golden.Doubles($"{group}.ro");
            double[] directions = golden.Doubles($"{group}.rd");
            double[] box = golden.Doubles($"{group}.aabb");
            double[] min = [.. Enumerable.Range(0, dimensions).Select(axis => box[2 * axis])];
            double[] max = [.. Enumerable.Range(0, dimensions).Select(axis => box[(2 * axis) + 1])];
            double[] near = golden.Doubles($"{group}.t_min");
            double[] far = golden.Doubles($"{group}.t_max");
            long[] hit = golden.Integers($"{group}.hit");
            for (int ray = 0; ray < shape[0]; ray++)
            {
                (double actualNear, double actualFar) = RayBox.Intersect(
                    origins.AsSpan(ray * dimensions, dimensions), directions.AsSpan(ray * dimensions, dimensions), min, max);
                GoldenTolerance.AssertRelative([near[ray], far[ray]], [actualNear, actualFar], Tolerance, $"{group}.t[{ray}]");
                Assert.Equal(hit[ray] != 0, actualNear < actualFar);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Unproject_GoldenPixels_MatchesReference(string name)
    {
        GoldenCase golden = GoldenCase.Open("sjc", name, Assert.Skip);
        CameraIntrinsics intrinsics = CameraIntrinsics.FromMatrix(golden.Doubles("unproj.K"));
        double[] pixels = golden.Doubles("unproj.xy");
        double[] depths = golden.Doubles("unproj.depth");
        double[] expected = golden.Doubles("unproj.out");
        for (int i = 0; i < depths.Length; i++)
        {
            Vector3D point = intrinsics.Unproject(pixels[2 * i], pixels[(2 * i) + 1], depths[i]);
            GoldenTolerance.AssertRelative(expected.AsSpan(4 * i, 4), [point.X, point.Y, point.Z, 1], Tolerance, $"unproj[{i}]");
        }
    }

    private static Camera CameraOf(GoldenCase golden, string group)
    {
        JsonElement config = golden.Config($"{group}.cfg");
        CameraIntrinsics intrinsics = CameraIntrinsics.FromMatrix(golden.Doubles($"{group}.K"));
        return new(config.Int("H"), config.Int("W"), intrinsics, CameraPose.FromMatrix(golden.Doubles($"{group}.c2w")));
    }
}
