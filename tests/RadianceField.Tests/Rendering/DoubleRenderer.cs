using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

/// <summary>The renderer's formulas written plainly in double, forward only: the oracle of images, and by central differences of gradients.</summary>
internal sealed class DoubleRenderer
{
    private readonly VoxelField field;
    private readonly double shift;

    public DoubleRenderer(VoxelField field)
    {
        this.field = field;
        int voxels = (int)field.Grid.VoxelCount;
        float[] density = new float[voxels];
        float[] features = new float[voxels * field.Channels];
        field.Voxels.ExportDensity(density);
        field.Voxels.ExportFeatures(features);
        Density = [.. density.Select(value => (double)value)];
        Features = [.. features.Select(value => (double)value)];
        Texture = [.. field.Background.Values.ToArray().Select(value => (double)value)];
        Scale = field.DensityScale;
        shift = field.DensityShift;
    }

    public double[] Density { get; }

    public double[] Features { get; }

    public double[] Texture { get; }

    public double Scale { get; set; }

    /// <summary>Σ gradient·image + Σ gradient·depth + emptiness of the scene.</summary>
    public double Loss(TestScene scene)
    {
        RayBatch rays = scene.Rays;
        double step = (double)field.MeanVoxelLength * scene.Options.StepRatio;
        float longest = 0;
        for (int ray = 0; ray < rays.Count; ray++)
        {
            longest = Math.Max(longest, rays.Far[ray] - rays.Near[ray]);
        }

        int samples = (int)(longest / step) + 1;
        double loss = 0;
        for (int ray = 0; ray < rays.Count; ray++)
        {
            (double[] color, double depth, double emptiness) = Ray(scene, ray, step, samples);
            for (int channel = 0; channel < color.Length; channel++)
            {
                loss += scene.ImageGradient[(channel * rays.Count) + ray] * color[channel];
            }

            loss += scene.DepthGradient[ray] * depth;
            loss += scene.EmptinessWeight * emptiness / ((double)samples * rays.Count);
        }

        return loss;
    }

    /// <summary>Colour, depth and Σ log(1 + 10w) of one ray.</summary>
    public (double[] Color, double Depth, double Emptiness) Ray(TestScene scene, int ray, double step, int samples)
    {
        RayBatch rays = scene.Rays;
        ReadOnlySpan<float> direction = rays.Directions.Slice(3 * ray, 3);
        double[] color = new double[field.Channels];
        double depth = 0;
        double emptiness = 0;
        double transmittance = 1;
        for (int i = 0; i < samples && (i + (double)scene.Options.RayOffset) * step < rays.Far[ray] - rays.Near[ray]; i++)
        {
            double distance = rays.Near[ray] + ((i + (double)scene.Options.RayOffset) * step);
            double x = rays.Origins[3 * ray] + (distance * direction[0]);
            double y = rays.Origins[(3 * ray) + 1] + (distance * direction[1]);
            double z = rays.Origins[(3 * ray) + 2] + (distance * direction[2]);
            if (field.Mask is { } mask && mask.Sample(new((float)x, (float)y, (float)z)) == 0)
            {
                continue;
            }

            double density = Math.Log(1 + Math.Exp((Math.Exp(Scale) * Sample(Density, 0, x, y, z)) + shift));
            double next = transmittance * Math.Exp(-density * step);
            double weight = transmittance - next;
            transmittance = next;
            depth += weight * distance;
            emptiness += Math.Log(1 + (10 * weight));
            for (int channel = 0; channel < color.Length && weight > scene.Options.WeightThreshold; channel++)
            {
                color[channel] += weight * Activate(Sample(Features, channel, x, y, z));
            }
        }

        (double u, double v) = SphericalMap.FromDirection(direction[0], direction[1], direction[2]);
        for (int channel = 0; channel < color.Length; channel++)
        {
            color[channel] += transmittance * BackgroundColor(channel, u, v);
        }

        return (color, depth + (10 * transmittance), emptiness);
    }

    private double BackgroundColor(int channel, double u, double v)
    {
        if (!field.Background.IsTexture)
        {
            return Texture[channel];
        }

        (int height, int width) = (field.Background.Height, field.Background.Width);
        double column = (((u + 1) * width) - 1) / 2;
        double row = (((v + 1) * height) - 1) / 2;
        return Activate(Corners(column, row, (i, j) => i >= 0 && i < width && j >= 0 && j < height ? Texture[(((channel * height) + j) * width) + i] : 0));
    }

    /// <summary>Trilinear with zeros outside.</summary>
    private double Sample(double[] values, int channel, double x, double y, double z)
    {
        GridSize grid = field.Grid;
        double column = ((x - field.Box.Min.X) / field.Box.Size.X * grid.X) - 0.5;
        double row = ((y - field.Box.Min.Y) / field.Box.Size.Y * grid.Y) - 0.5;
        double plane = ((z - field.Box.Min.Z) / field.Box.Size.Z * grid.Z) - 0.5;
        int below = (int)Math.Floor(plane);
        double fraction = plane - below;
        double Plane(int k) => k < 0 || k >= grid.Z ? 0 : Corners(column, row, (i, j) =>
            i >= 0 && i < grid.X && j >= 0 && j < grid.Y ? values[(((((channel * grid.Z) + k) * grid.Y) + j) * grid.X) + i] : 0);
        return ((1 - fraction) * Plane(below)) + (fraction * Plane(below + 1));
    }

    private static double Corners(double column, double row, Func<int, int, double> value)
    {
        (int i, int j) = ((int)Math.Floor(column), (int)Math.Floor(row));
        (double x, double y) = (column - i, row - j);
        return ((1 - y) * (((1 - x) * value(i, j)) + (x * value(i + 1, j)))) + (y * (((1 - x) * value(i, j + 1)) + (x * value(i + 1, j + 1))));
    }

    private double Activate(double feature) => field.ColorMode switch
    {
        ColorMode.Raw => feature,
        ColorMode.SigmoidCentered => (2 / (1 + Math.Exp(-feature))) - 1,
        _ => 1 / (1 + Math.Exp(-feature)),
    };
}
