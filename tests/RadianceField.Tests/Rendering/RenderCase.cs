using System.Numerics;
using System.Text.Json;
using Sjc.Golden;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

/// <summary>A golden render's field, rays and upstream gradients, in the product's types.</summary>
internal sealed class RenderCase
{
    private readonly GoldenCase golden;
    private readonly float[] origins;
    private readonly float[] directions;
    private readonly float[] near;
    private readonly float[] far;

    public RenderCase(GoldenCase golden)
    {
        this.golden = golden;
        Config = golden.Config();
        near = golden.Floats("t_min");
        far = golden.Floats("t_max");
        directions = golden.Floats("rd");
        origins = golden.Has("ro") ? golden.Floats("ro") : [.. Enumerable.Repeat(golden.Floats("ro0"), near.Length).SelectMany(origin => origin)];
        Field = MakeField();
        if (golden.Has("mask"))
        {
            Field.Mask = AlphaMask.FromVoxels(Field.Grid, Field.Box, [.. golden.Integers("mask").Select(value => (byte)value)]);
        }
    }

    public JsonElement Config { get; }

    public VoxelField Field { get; }

    public int RayCount => near.Length;

    public RenderOptions Options => new((float)Config.Double("step_ratio"), (float)Config.Double("weight_thres"));

    public RayBatch Rays => new(origins, directions, near, far);

    /// <summary>∂L/∂rgb, [c, rays].</summary>
    public float[] ImageGradient
    {
        get
        {
            float[] gradient = golden.Has("up_rgb") ? golden.Floats("up_rgb") : Recipe("up_rgb", 3, 1, Field.Channels * RayCount);
            return Filtered ? Transpose(gradient, RayCount, Field.Channels) : gradient;
        }
    }

    /// <summary>Whether rays that miss were removed; images of such a case are [rays, c].</summary>
    public bool Filtered => golden.Has("inds");

    /// <summary>[c, rays] in the layout of the case's images.</summary>
    public float[] InCaseLayout(ReadOnlySpan<float> image) => Filtered ? Transpose(image.ToArray(), Field.Channels, RayCount) : image.ToArray();

    /// <summary>Uniform variates of the case's recipe: the finaliser of splitmix64 over (seed + offset, i).</summary>
    public float[] Recipe(string name, int offset, int voxels, int count)
    {
        JsonElement recipe = Config.GetProperty("recipe");
        ulong seed = recipe.GetProperty("seed").GetUInt64() + (ulong)offset;
        int n = recipe.Int("N");
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            double uniform = Uniform(seed, (ulong)i);
            values[i] = (float)(name == "density" ? (recipe.Double("A") * (1 - (recipe.Double("B") * Rho(i, n)))) + (recipe.Double("C") * uniform) : 4 * (uniform - 0.5));
        }

        Assert.True(voxels == 1 || voxels == n * n * n);
        if (golden.Has($"check.{name}_first8"))
        {
            Assert.Equal(golden.Floats($"check.{name}_first8"), values[..8]);
        }

        return values;
    }

    private static double Uniform(ulong seed, ulong i)
    {
        ulong z = seed + ((i + 1) * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (z >> 40) * Math.Pow(2, -24);
    }

    private static double Rho(int i, int n)
    {
        static double Square(double q) => q * q;
        int x = i % n;
        int y = i / n % n;
        int z = i / n / n;
        return Square(((2.0 * z) + 1 - n) / n) + Square(((2.0 * y) + 1 - n) / n) + Square(((2.0 * x) + 1 - n) / n);
    }

    private static float[] Transpose(float[] values, int rows, int columns)
    {
        float[] transposed = new float[values.Length];
        for (int at = 0; at < values.Length; at++)
        {
            transposed[(at % columns * rows) + (at / columns)] = values[at];
        }

        return transposed;
    }

    private VoxelField MakeField()
    {
        double[] grid = Config.Doubles("grid_xyz");
        double[] box = [.. Config.GetProperty("aabb").EnumerateArray().SelectMany(corner => corner.EnumerateArray()).Select(value => value.GetDouble())];
        GridSize size = new((int)grid[0], (int)grid[1], (int)grid[2]);
        int channels = golden.Has("color") ? golden.Shape("color")[1] : Config.GetProperty("recipe").Int("c");
        int voxels = (int)size.VoxelCount;
        ColorMode mode = Config.GetProperty("kind").GetString() switch
        {
            "V_SD" => ColorMode.Raw,
            "V_SJC" => ColorMode.SigmoidCentered,
            "VoxRF" => ColorMode.Sigmoid,
            string kind => throw new InvalidDataException($"kind must be V_SD, V_SJC or VoxRF, but is {kind}."),
            null => throw new InvalidDataException("kind must be a string."),
        };
        AxisAlignedBox bounds = new(new Vector3((float)box[0], (float)box[1], (float)box[2]), new Vector3((float)box[3], (float)box[4], (float)box[5]));
        VoxelField field = new(size, bounds, channels, mode, (float)Config.Double("density_shift"), MakeBackground(channels));
        field.DensityScale = golden.Has("d_scale") ? golden.Floats("d_scale")[0] : 0;
        field.Voxels.ImportDensity(golden.Has("density") ? golden.Floats("density") : Recipe("density", 0, voxels, voxels));
        field.Voxels.ImportFeatures(golden.Has("color") ? golden.Floats("color") : Recipe("color", 1, voxels, voxels * channels));
        return field;
    }

    private Background MakeBackground(int channels)
    {
        if (!Config.GetProperty("bg").GetBoolean())
        {
            return Background.Fixed([.. Enumerable.Repeat(1f, channels)]);
        }

        int height = golden.Has("bg") ? golden.Shape("bg")[2] : Config.GetProperty("recipe").Int("bg_hw");
        int width = golden.Has("bg") ? golden.Shape("bg")[3] : height;
        Background background = Background.Texture(channels, height, width);
        float[] values = golden.Has("bg") ? golden.Floats("bg") : Recipe("bg", 2, 1, channels * height * width);
        values.CopyTo(background.Values);
        return background;
    }
}
