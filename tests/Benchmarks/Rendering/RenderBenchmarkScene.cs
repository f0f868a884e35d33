using System.Numerics;
using Sjc.Numerics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;

namespace Sjc.Benchmarks.Rendering;

/// <summary>One state of a field and one training view of it, as arrays that both contestants read.</summary>
internal sealed class RenderBenchmarkScene
{
    /// <summary>Of the plain benchmark.</summary>
    public const int StandardGridSide = 100;
    public const int StandardImageSide = 64;

    public const int Channels = 4;
    public const int BackgroundSide = 4;
    public const float DensityShift = -1;
    public const float StepRatio = 0.5f;
    public const float WeightThreshold = 1e-4f;
    public const float EmptinessWeight = 1e4f;
    public const float EmptinessScale = 10;

    private const double FieldOfViewDegrees = 55;

    private RenderBenchmarkScene(string name, int gridSide, int imageSide, Func<double, double, double> density)
    {
        (Name, GridSide, ImageSide) = (name, gridSide, imageSide);
        int rays = imageSide * imageSide;
        (Origins, Directions, Near, Far) = (new float[3 * rays], new float[3 * rays], new float[rays], new float[rays]);
        Density = MakeDensity(density);
        int voxels = GridSide * GridSide * GridSide;
        Features = Uniform(1, Channels * voxels, -1, 1);
        Background = Uniform(2, Channels * BackgroundSide * BackgroundSide, -1, 1);
        ImageGradient = Uniform(3, Channels * ImageSide * ImageSide, -0.01f, 0.01f);
        AimRays();
    }

    /// <summary>The case's name in reports.</summary>
    public string Name { get; }

    /// <summary>Voxels along each side.</summary>
    public int GridSide { get; }

    /// <summary>Pixels along each side.</summary>
    public int ImageSide { get; }

    /// <summary>[z, y, x].</summary>
    public float[] Density { get; }

    /// <summary>[c, z, y, x].</summary>
    public float[] Features { get; }

    /// <summary>[c, height, width].</summary>
    public float[] Background { get; }

    /// <summary>∂L/∂image, [c, h, w].</summary>
    public float[] ImageGradient { get; }

    /// <summary>[rays, 3].</summary>
    public float[] Origins { get; }

    /// <summary>[rays, 3].</summary>
    public float[] Directions { get; }

    /// <summary>[rays].</summary>
    public float[] Near { get; }

    /// <summary>[rays].</summary>
    public float[] Far { get; }

    /// <summary>The states that a run goes through: fog at its start, an opaque ball at its end, and a field that is almost empty.</summary>
    public static IEnumerable<RenderBenchmarkScene> All(int gridSide = StandardGridSide, int imageSide = StandardImageSide)
    {
        yield return new("initial", gridSide, imageSide, (_, noise) => 0.1 * noise);
        yield return new("ball", gridSide, imageSide, (radius, _) => radius < 0.6 ? 40 : -10);
        yield return new("almost-empty", gridSide, imageSide, (radius, _) => radius < 0.15 ? 10 : -10);
    }

    /// <summary>The scene in the product's types.</summary>
    public VoxelField MakeField()
    {
        Background background = Sjc.RadianceField.Fields.Background.Texture(Channels, BackgroundSide, BackgroundSide);
        Background.CopyTo(background.Values);
        VoxelField field = new(GridSize.Cube(GridSide), AxisAlignedBox.Cube(1), Channels, ColorMode.Raw, DensityShift, background);
        field.Voxels.ImportDensity(Density);
        field.Voxels.ImportFeatures(Features);
        return field;
    }

    private float[] MakeDensity(Func<double, double, double> density)
    {
        float[] noise = Uniform(0, GridSide * GridSide * GridSide, 0, 1);
        for (int i = 0; i < noise.Length; i++)
        {
            Vector3 voxel = new(i % GridSide, i / GridSide % GridSide, i / GridSide / GridSide);
            float radius = ((2 * voxel) + new Vector3(1 - GridSide)).Length() / GridSide;
            noise[i] = (float)density(radius, noise[i]);
        }

        return noise;
    }

    private static float[] Uniform(uint purpose, int count, float low, float high)
    {
        float[] values = new float[count];
        new RandomKey(0, RandomStream.FieldInitialization, 0, purpose).FillUniform(values);
        for (int i = 0; i < count; i++)
        {
            values[i] = low + ((high - low) * values[i]);
        }

        return values;
    }

    /// <summary>A view from 1.5 away at an oblique angle, in the middle of the training distribution.</summary>
    private void AimRays()
    {
        Vector3 back = Vector3.Normalize(new Vector3(1, 0.6f, 0.8f));
        Vector3 right = Vector3.Normalize(Vector3.Cross(Vector3.UnitY, back));
        Vector3 up = Vector3.Cross(back, right);
        Vector3 eye = 1.5f * back;
        float focal = (float)(ImageSide / 2 / Math.Tan(FieldOfViewDegrees * Math.PI / 360));
        for (int ray = 0; ray < ImageSide * ImageSide; ray++)
        {
            float column = ((ray % ImageSide) - ((ImageSide - 1) / 2f)) / focal;
            float row = ((ray / ImageSide) - ((ImageSide - 1) / 2f)) / focal;
            Vector3 direction = Vector3.Normalize((column * right) - (row * up) - back);
            Vector3 a = (-Vector3.One - eye) / direction;
            Vector3 b = (Vector3.One - eye) / direction;
            Vector3 enter = Vector3.Min(a, b);
            Vector3 leave = Vector3.Max(a, b);
            eye.CopyTo(Origins, 3 * ray);
            direction.CopyTo(Directions, 3 * ray);
            Near[ray] = MathF.Max(0, MathF.Max(enter.X, MathF.Max(enter.Y, enter.Z)));
            Far[ray] = MathF.Max(0, MathF.Min(leave.X, MathF.Min(leave.Y, leave.Z)));
        }
    }
}
