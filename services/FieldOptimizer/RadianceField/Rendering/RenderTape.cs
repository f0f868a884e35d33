using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Rendering;

/// <summary>One rendered view: its images, and what the adjoint needs of it. Buffers are reused from one view to the next.</summary>
public sealed class RenderTape : IViewTape
{
    /// <summary>Samples of a ray start on multiples of this, so that vector loops need no remainder.</summary>
    internal const int SampleAlignment = 16;

    private float[] image = [];
    private float[] depth = [];
    private float[] transmittance = [];

    /// <summary>A tape for training.</summary>
    public RenderTape()
        : this(keepsSamples: true)
    {
    }

    private RenderTape(bool keepsSamples) => KeepsSamples = keepsSamples;

    /// <summary>Whether samples are kept for a backward pass.</summary>
    public bool KeepsSamples { get; }

    /// <summary>Rays.</summary>
    public int RayCount { get; private set; }

    /// <summary>Channels of the image.</summary>
    public int Channels { get; private set; }

    /// <summary>k: samples per ray, inactive ones included; the longest ray's number.</summary>
    public int SampleCount { get; private set; }

    /// <summary>Distance between samples, world units.</summary>
    public float StepLength { get; private set; }

    /// <summary>The rendered image, [c, rays].</summary>
    public ReadOnlySpan<float> Image => image.AsSpan(0, Channels * RayCount);

    /// <summary>Expected distance along each ray, world units, where the background counts 10; [rays].</summary>
    public ReadOnlySpan<float> Depth => depth.AsSpan(0, RayCount);

    /// <summary>What is left for the background, in [0, 1]; [rays]. Opacity is one minus this.</summary>
    public ReadOnlySpan<float> Transmittance => transmittance.AsSpan(0, RayCount);

    internal RenderOptions Options { get; private set; }

    /// <summary>The rays in grid coordinates.</summary>
    internal GridRay[] Rays { get; private set; } = [];

    /// <summary>Floats between channel planes of <see cref="Colors"/>.</summary>
    internal int Capacity { get; private set; }

    /// <summary>Interpolated density (before scale and shift) per sample.</summary>
    internal float[] Densities { get; private set; } = [];

    /// <summary>δ·∂σ/∂density per sample; 0 where the sample is inactive.</summary>
    internal float[] Slopes { get; private set; } = [];

    /// <summary>w per sample; 0 where the sample is inactive.</summary>
    internal float[] Weights { get; private set; } = [];

    /// <summary>Colour after activation, [c][sample].</summary>
    internal float[] Colors { get; private set; } = [];

    /// <summary>∂L/∂density per sample, after the backward pass.</summary>
    internal float[] DensityGradients { get; private set; } = [];

    /// <summary>∂L/∂image, [rays, c], after the backward pass.</summary>
    internal float[] ImageGradients { get; private set; } = [];

    /// <summary>The background's colour in each ray's direction, [rays, c].</summary>
    internal float[] BackgroundColors { get; private set; } = [];

    /// <summary>Each ray's part of the density scale's gradient, after the backward pass.</summary>
    internal double[] ScaleGradients { get; private set; } = [];

    /// <summary>Each ray's Σ log(1 + scale·w), after the backward pass.</summary>
    internal double[] EmptinessSums { get; private set; } = [];

    /// <summary>Whether a backward pass has followed the forward one.</summary>
    internal bool HasGradient { get; set; }

    /// <summary>A tape that only receives the images: its memory grows with the rays, not with their samples.</summary>
    public static RenderTape ForImages() => new(keepsSamples: false);

    /// <summary>Gives the samples' weights in the reference's layout.</summary>
    /// <param name="weights">Receives w, [samples, rays].</param>
    /// <exception cref="ArgumentException">The span's length differs.</exception>
    /// <exception cref="InvalidOperationException">The tape keeps no samples.</exception>
    public void ExportWeights(Span<float> weights)
    {
        if (!KeepsSamples)
        {
            throw new InvalidOperationException("Weights must come from a tape that keeps samples.");
        }

        if (weights.Length != SampleCount * RayCount)
        {
            throw new ArgumentException($"weights must have {SampleCount}·{RayCount} values, but has {weights.Length}.", nameof(weights));
        }

        weights.Clear();
        for (int ray = 0; ray < RayCount; ray++)
        {
            for (int i = 0; i < Rays[ray].SampleCount; i++)
            {
                weights[(i * RayCount) + ray] = Weights[Rays[ray].FirstSample + i];
            }
        }
    }

    /// <summary>Takes over a view's rays and makes room for its samples.</summary>
    internal void Begin(VoxelField field, RayBatch rays, RenderOptions options)
    {
        (RayCount, Channels, Options, HasGradient) = (rays.Count, field.Channels, options, false);
        StepLength = field.MeanVoxelLength * options.StepRatio;
        if (Rays.Length < rays.Count)
        {
            GrowRays(rays.Count);
        }

        if (ImageGradients.Length < rays.Count * Channels)
        {
            image = new float[rays.Count * Channels];
            ImageGradients = GC.AllocateArray<float>(rays.Count * Channels, pinned: true);
            BackgroundColors = GC.AllocateArray<float>(rays.Count * Channels, pinned: true);
        }

        SampleCount = GridRay.LongestSampleCount(rays, StepLength);
        long samples = GridRay.Convert(field, rays, StepLength, options.RayOffset, SampleCount, Rays);
        long floats = samples * Channels;
        if (KeepsSamples && (samples > Capacity || floats > Colors.Length))
        {
            GrowSamples(samples);
        }
    }

    /// <summary>A ray's samples, in the tape's pinned memory.</summary>
    internal unsafe RaySamples Samples(int ray)
    {
        int first = Rays[ray].FirstSample;
        return Samples(ray, PinnedMemory.Pointer(Densities) + first, PinnedMemory.Pointer(Slopes) + first, PinnedMemory.Pointer(Weights) + first, PinnedMemory.Pointer(Colors) + first, Capacity);
    }

    /// <summary>A ray's samples, in memory that is used again for the next ray.</summary>
    /// <param name="ray">The ray.</param>
    /// <param name="memory">Its padded number of samples × (3 + channels).</param>
    internal unsafe RaySamples TransientSamples(int ray, float* memory)
    {
        int count = Rays[ray].PaddedCount;
        return Samples(ray, memory, memory + count, memory + (2 * count), memory + (3 * count), count);
    }

    private unsafe RaySamples Samples(int ray, float* densities, float* slopes, float* weights, float* colors, int colorPitch) => new()
    {
        PaddedCount = Rays[ray].PaddedCount,
        Channels = Channels,
        ColorPitch = colorPitch,
        FirstDistance = Rays[ray].FirstDistance,
        StepLength = StepLength,
        WeightThreshold = Options.WeightThreshold,
        Densities = densities,
        Slopes = slopes,
        Weights = weights,
        Colors = colors,
    };

    /// <summary>Keeps one ray's results.</summary>
    internal void Store(int ray, ReadOnlySpan<float> pixel, ReadOnlySpan<float> background, float foregroundDepth, float left)
    {
        for (int channel = 0; channel < Channels; channel++)
        {
            image[(channel * RayCount) + ray] = pixel[channel] + (left * background[channel]);
        }

        depth[ray] = foregroundDepth + (RenderOptions.BackgroundDepth * left);
        transmittance[ray] = left;
    }


    private void GrowRays(int rays)
    {
        Rays = GC.AllocateArray<GridRay>(rays, pinned: true);
        depth = new float[rays];
        transmittance = new float[rays];
        ScaleGradients = new double[rays];
        EmptinessSums = new double[rays];
    }

    /// <summary>A quarter more than asked for: the number of samples varies a little from view to view.</summary>
    private void GrowSamples(long samples)
    {
        long capacity = (samples + (samples / 4) + SampleAlignment) & ~(SampleAlignment - 1L);
        if (capacity * Channels > Array.MaxLength)
        {
            throw new ArgumentException($"rays must have at most {Array.MaxLength / Channels} samples in all, but have {samples}.", nameof(samples));
        }

        Capacity = (int)capacity;
        Densities = PinnedMemory.Uninitialized(Capacity);
        Slopes = PinnedMemory.Uninitialized(Capacity);
        Weights = PinnedMemory.Uninitialized(Capacity);
        DensityGradients = PinnedMemory.Uninitialized(Capacity);
        Colors = PinnedMemory.Uninitialized(Capacity * Channels);
    }
}
