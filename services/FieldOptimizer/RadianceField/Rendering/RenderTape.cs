using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering.Kernels;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering;

/// <summary>One rendered view: its images, and what the adjoint needs of it. Buffers are reused from one view to the next.</summary>
public sealed unsafe class RenderTape : IViewTape
{
    private const int PlacedFloats = 2 * 4 * RayPackets.Width;

    private float[] image = [];
    private float[] depth = [];
    private float[] transmittance = [];
    private int capacity;
    private int[] liveSteps = [];
    private int[] visibleCounts = [];
    private float[] textureCoordinates = [];
    private NativeBuffer<float> densityGradients = NativeBuffer<float>.Empty;
    private NativeBuffer<float> samples = NativeBuffer<float>.Empty;
    private NativeBuffer<ushort> visible = NativeBuffer<ushort>.Empty;
    private NativeBuffer<float> colors = NativeBuffer<float>.Empty;
    private NativeBuffer<float> placedGradients = NativeBuffer<float>.Empty;

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

    /// <summary>Cells that a tape for images may skip; null: none.</summary>
    internal EmptyCells? EmptyCells { get; set; }

    internal RenderOptions Options { get; private set; }

    /// <summary>The rays in grid coordinates.</summary>
    internal RayPackets Packets { get; } = new();

    /// <summary>∂L/∂density per sample, after the backward pass.</summary>
    internal float* DensityGradients => densityGradients.Pointer;

    /// <summary>∂L/∂image, [c, rays], after the backward pass.</summary>
    internal float[] ImageGradients { get; private set; } = [];

    /// <summary>The background's colour in each ray's direction, [rays, c].</summary>
    internal float[] BackgroundColors { get; private set; } = [];

    /// <summary>Where each ray meets the background's texture: (u, v), [rays, 2].</summary>
    internal Span<float> TextureCoordinates => textureCoordinates.AsSpan(0, 2 * RayCount);

    /// <summary>Each ray's Σ log(1 + scale·w), after the backward pass.</summary>
    internal double[] EmptinessSums { get; private set; } = [];

    /// <summary>Floats per colour: the channels, rounded up to a multiple of four.</summary>
    internal int ColorStride { get; private set; }

    /// <summary>Whether the last forward pass came to its end; what one that failed has left is of no use.</summary>
    internal bool HasImages { get; set; }

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
        for (int packet = 0; packet < Packets.Count; packet++)
        {
            ReadOnlySpan<int> rays = Packets.Rays(packet);
            for (int lane = 0; lane < RayPackets.Width; lane++)
            {
                float* sample = Samples(packet).Values + PacketSamples.Weights + lane;
                for (int i = 0; i < liveSteps[packet] && rays[lane] >= 0; i++, sample += PacketSamples.StepFloats)
                {
                    weights[(i * RayCount) + rays[lane]] = *sample;
                }
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>Takes over a view's rays and makes room for its samples.</summary>
    internal void Begin(VoxelField field, RayBatch rays, RenderOptions options, WorkerTeam team)
    {
        (RayCount, Channels, Options, HasImages, HasGradient) = (rays.Count, field.Channels, options, false, false);
        StepLength = field.MeanVoxelLength * options.StepRatio;
        SampleCount = RayPackets.LongestSampleCount(rays, StepLength);
        long count = Packets.Fill(field, rays, StepLength, options.RayOffset, SampleCount, team);
        GrowRays();
        ColorStride = field.Voxels.FeatureStride;
        if (KeepsSamples && ColorStride == 4)
        {
            placedGradients = placedGradients.AtLeast(Packets.Count * PlacedFloats);
        }

        if (KeepsSamples && (count > capacity || count * ColorStride > colors.Length))
        {
            GrowSamples(count);
        }
    }

    /// <summary>Steps of a packet up to the last that may be seen.</summary>
    internal int LiveSteps(int packet) => liveSteps[packet];

    /// <summary>Samples of a packet above the weight threshold.</summary>
    internal int VisibleCount(int packet) => visibleCounts[packet];

    /// <summary>A packet's samples.</summary>
    internal PacketSamples Samples(int packet)
    {
        nint first = Packets.FirstSample(packet);
        PacketSamples all = new()
        {
            Values = samples.Pointer + (PacketSamples.StepFloats / RayPackets.Width * first),
            Visible = visible.Pointer + (first / RayPackets.Width),
            Colors = colors.Pointer + (first * ColorStride),
        };
        return Describe(all, packet);
    }

    /// <summary>A packet's samples in memory that is used again for its next chunk.</summary>
    internal PacketSamples Samples(int packet, PacketScratch scratch) => Describe(scratch.TransientSamples(), packet);

    /// <summary>Keeps a packet's results.</summary>
    internal void Store(int packet, (int LiveSteps, int Visible) found, PacketScratch scratch)
    {
        (liveSteps[packet], visibleCounts[packet]) = found;
        ReadOnlySpan<int> rays = Packets.Rays(packet);
        fixed (float* plane = image, backgrounds = BackgroundColors)
        {
            for (int lane = 0; lane < RayPackets.Width; lane++)
            {
                int ray = rays[lane];
                if (ray < 0)
                {
                    continue;
                }

                float left = scratch.PerRay(0)[lane];
                depth[ray] = scratch.PerRay(1)[lane] + (RenderOptions.BackgroundDepth * left);
                transmittance[ray] = left;
                ImagePlanes.Store(plane + ray, RayCount, Channels, scratch.Colors + (lane * ColorStride), left, backgrounds + ((nint)ray * Channels));
            }
        }
    }

    /// <summary>The image's gradient at a packet's rays.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="gradients">Receives [16, colour stride]; zero for what fills the packet.</param>
    internal void LoadGradients(int packet, float* gradients)
    {
        ReadOnlySpan<int> rays = Packets.Rays(packet);
        fixed (float* plane = ImageGradients)
        {
            for (int lane = 0; lane < RayPackets.Width; lane++, gradients += ColorStride)
            {
                if (rays[lane] >= 0)
                {
                    ImagePlanes.Load(plane + rays[lane], RayCount, Channels, gradients, ColorStride);
                }
                else
                {
                    new Span<float>(gradients, ColorStride).Clear();
                }
            }
        }
    }

    /// <summary>Keeps a packet's gradients of four channels as <see cref="RunScatter"/> wants them: by the places of their rays, and twice, once for
    /// each of two neighbouring records.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="gradients">From <see cref="LoadGradients"/>.</param>
    internal void PlaceGradients(int packet, float* gradients)
    {
        float* places = PlacedGradients(packet);
        for (int ray = 0; ray < RayPackets.Width; ray++)
        {
            Vector128<float> gradient = Vector128.Load(gradients + (4 * ray));
            float* place = places + (8 * QuadOrder.Place(ray));
            gradient.Store(place);
            gradient.Store(place + 4);
        }
    }

    /// <summary>What <see cref="PlaceGradients"/> has kept, [16, 2, 4].</summary>
    internal float* PlacedGradients(int packet) => placedGradients.Pointer + (packet * PlacedFloats);

    private PacketSamples Describe(PacketSamples memory, int packet)
    {
        memory.Steps = Packets.Steps(packet);
        memory.EmptyCells = KeepsSamples ? null : EmptyCells;
        memory.ColorStride = ColorStride;
        memory.StepLength = StepLength;
        memory.WeightThreshold = Options.WeightThreshold;
        return memory;
    }

    /// <summary>All or nothing of what grows together: where memory runs out, the next pass must not take a part for the whole.</summary>
    private void GrowRays()
    {
        if (depth.Length < RayCount)
        {
            (depth, transmittance, textureCoordinates) = (new float[RayCount], new float[RayCount], new float[2 * RayCount]);
        }

        if (liveSteps.Length < Packets.Count)
        {
            (liveSteps, visibleCounts, EmptinessSums) = (new int[Packets.Count], new int[Packets.Count], new double[Packets.Count * RayPackets.Width]);
        }

        if (ImageGradients.Length < RayCount * Channels)
        {
            (image, ImageGradients, BackgroundColors) = (new float[RayCount * Channels], new float[RayCount * Channels], new float[RayCount * Channels]);
        }
    }

    /// <summary>A quarter more than asked for: the number of samples varies a little from view to view.</summary>
    private void GrowSamples(long count)
    {
        long room = (count + (count / 4) + RayPackets.Width) & ~(RayPackets.Width - 1L);
        if (room * Math.Max(ColorStride, 4) > Array.MaxLength - RayPackets.Width)
        {
            throw new ArgumentException($"rays must have at most {Array.MaxLength / Math.Max(ColorStride, 4)} samples in all, but have {count}.", nameof(count));
        }

        capacity = 0;
        samples = new NativeBuffer<float>(PacketSamples.StepFloats / RayPackets.Width * (int)room);
        densityGradients = new NativeBuffer<float>((int)room);
        visible = new NativeBuffer<ushort>((int)room / RayPackets.Width);
        colors = new NativeBuffer<float>((int)room * ColorStride);
        capacity = (int)room; // last: a tape that got only a part of its memory has no room
    }
}
