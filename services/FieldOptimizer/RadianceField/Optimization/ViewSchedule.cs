using Sjc.Numerics;
using Sjc.RadianceField.Cameras;

namespace Sjc.RadianceField.Optimization;

/// <summary>Draws cameras and noise levels; a pure function of options, iteration and view, so nothing needs to be stored to go on.</summary>
/// <remarks>Key (seed, View, iteration, view): positions 0 azimuth, 1 polar, 2 field of view, 3 ray offset. Key (seed, Sigma, iteration, view): position 0.</remarks>
internal sealed class ViewSchedule
{
    private readonly SjcOptions options;
    private readonly TrainingViewDistribution cameras;

    internal ViewSchedule(SjcOptions options)
    {
        this.options = options;
        cameras = new(options.RenderSize, options.RenderSize, options.CameraRadius, options.FovMinDegrees, options.FovMaxDegrees, options.PolarRangeDegrees);
    }

    internal ViewPlan At(int iteration, int view)
    {
        RandomKey key = new(options.Seed, RandomStream.View, (uint)iteration, (uint)view);
        TrainingView drawn = cameras.At(key.UniformDouble(0), key.UniformDouble(1), key.UniformDouble(2));
        double azimuth = drawn.AzimuthDegrees;
        double elevation = drawn.ElevationDegrees;
        string words = options.ViewWording?.View(azimuth, elevation) ?? "";
        double offset = options.RandomRayOffset ? key.UniformDouble(3) : 0;
        return new(iteration, view, drawn.Camera, Sigma(iteration, view), azimuth, elevation, words, offset);
    }

    private double Sigma(int iteration, int view)
    {
        RandomKey key = new(options.Seed, RandomStream.Sigma, (uint)iteration, (uint)view);
        if (options.SigmaDistribution == SigmaDistribution.Ladder)
        {
            int drawable = options.SigmaLadder.Count - SjcOptions.LadderSkipGreatest - SjcOptions.LadderSkipLeast;
            return options.SigmaLadder[SjcOptions.LadderSkipGreatest + key.UniformInteger(0, drawable)];
        }

        double fraction = options.Iterations > 1 ? iteration / (options.Iterations - 1.0) : 0;
        double max = Geometric(options.SigmaMaxStart, options.SigmaMaxEnd, fraction);
        return Geometric(options.SigmaMin, max, key.UniformDouble(0));
    }

    private static double Geometric(double start, double end, double fraction) => start * Math.Pow(end / start, fraction);
}
