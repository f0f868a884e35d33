using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Adds samples' gradients to a slab: planes of the grid that one worker owns, with a plane of halo on each side.</summary>
/// <remarks>The halo's planes belong to the neighbours, who add the same samples to them: they are thrown away here. So every voxel
/// gets its sum in one order (packets as given, steps near to far, rays of a packet in order), whoever owns it.</remarks>
internal readonly unsafe ref struct SlabScatter
{
    private const int Width = RayPackets.Width;
    private const int ChunkSamples = SampleCells.ChunkSamples;

    private readonly RenderTape tape;
    private readonly RecordLayout layout;
    private readonly PacketScratch scratch;
    private readonly int stride;
    private readonly int firstPlane;
    private readonly int endPlane;

    /// <summary>Where record 0 would lie, were the whole grid in the slab's memory.</summary>
    private readonly float* density;
    private readonly float* features;
    private readonly byte* touched;

    // ∂colour/∂feature = s₀ + s₁·colour + s₂·colour².
    private readonly float slope0;
    private readonly float slope1;
    private readonly float slope2;

    /// <summary>A scatter of one tape into planes first … end − 1.</summary>
    public SlabScatter(VoxelRecords records, RenderTape tape, ColorMode mode, int firstPlane, int endPlane, PacketScratch scratch)
    {
        (layout, stride, this.tape, this.firstPlane, this.endPlane, this.scratch) = (records.Layout, records.FeatureStride, tape, firstPlane, endPlane, scratch);
        nint skipped = (nint)firstPlane * layout.PlanePitch;
        density = scratch.DensitySlab - skipped;
        features = scratch.FeatureSlab - (skipped * stride);
        touched = scratch.Touched - (skipped / RecordLayout.SegmentRecords);
        (slope0, slope1, slope2) = mode switch
        {
            ColorMode.Raw => (1f, 0f, 0f),
            ColorMode.SigmoidCentered => (0.5f, 0f, -0.5f),
            _ => (0f, 1f, -1f),
        };
    }

    /// <summary>Adds all packets.</summary>
    public void Add<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        for (int packet = 0; packet < tape.Packets.Count; packet++)
        {
            (int first, int end) = StepsInSlab<TLanes>(packet);
            if (first < end)
            {
                tape.LoadGradients(packet, scratch.Colors);
                AddPacket<TLanes>(packet, first, end);
            }
        }
    }

    private void AddPacket<TLanes>(int packet, int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        SampleCells cells = scratch.Cells;
        PacketSamples samples = tape.Samples(packet);
        float* gradients = tape.DensityGradients + tape.Packets.FirstSample(packet);
        int visibleCount = tape.VisibleCount(packet);
        int visible = LowerBound(samples.Visible, visibleCount, first * Width);
        for (int step = first; step < end; step += SampleCells.ChunkSteps)
        {
            int count = Math.Min(SampleCells.ChunkSteps, end - step);
            cells.Locate<TLanes>(tape.Packets.Rows(packet), samples.StepLength, layout, step, count);
            SpreadDensity<TLanes>(cells, gradients + (step * Width), count);
            AddDensity(cells, count);
            int firstVisible = visible;
            while (visible < visibleCount && samples.Visible[visible] < (step + count) * Width)
            {
                visible++;
            }

            AddFeatures(cells, samples, step * Width, firstVisible, visible);
        }
    }

    /// <summary>Each sample's gradient times the weights of its cell's eight corners, [8][chunk], and which samples count.</summary>
    private void SpreadDensity<TLanes>(SampleCells cells, float* gradients, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        float* spread = scratch.Chunk;
        int low = firstPlane * layout.PlanePitch;
        int length = (endPlane - firstPlane + 1) * layout.PlanePitch;
        for (int i = 0; i < count; i++)
        {
            uint mask = 0;
            for (int lane = 0; lane < Width; lane += TLanes.Count)
            {
                int at = (i * Width) + lane;
                TLanes gradient = TLanes.Load(gradients + at);
                mask |= (TLanes.RangeMask(cells.Index + at, low, length) & TLanes.GreaterMask(TLanes.Abs(gradient), TLanes.Create(0))) << lane;
                TLanes back = gradient * TLanes.Load(cells.Z + at);
                SpreadPlane(spread + at, gradient - back, TLanes.Load(cells.Y + at), TLanes.Load(cells.X + at));
                SpreadPlane(spread + (4 * ChunkSamples) + at, back, TLanes.Load(cells.Y + at), TLanes.Load(cells.X + at));
            }

            scratch.Masks[i] = mask;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SpreadPlane<TLanes>(float* spread, TLanes value, TLanes y, TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes upper = value * y;
        TLanes lower = value - upper;
        TLanes lowerRight = lower * x;
        TLanes upperRight = upper * x;
        (lower - lowerRight).Store(spread);
        lowerRight.Store(spread + ChunkSamples);
        (upper - upperRight).Store(spread + (2 * ChunkSamples));
        upperRight.Store(spread + (3 * ChunkSamples));
    }

    private void AddDensity(SampleCells cells, int count)
    {
        nint row = layout.RowPitch;
        nint plane = layout.PlanePitch;
        for (int i = 0; i < count; i++)
        {
            for (uint mask = scratch.Masks[i]; mask != 0; mask &= mask - 1)
            {
                int sample = (i * Width) + BitOperations.TrailingZeroCount(mask);
                float* spread = scratch.Chunk + sample;
                float* corner = density + cells.Index[sample];
                corner[0] += spread[0];
                corner[1] += spread[ChunkSamples];
                corner += row;
                corner[0] += spread[2 * ChunkSamples];
                corner[1] += spread[3 * ChunkSamples];
                corner += plane;
                corner[0] += spread[6 * ChunkSamples];
                corner[1] += spread[7 * ChunkSamples];
                corner -= row;
                corner[0] += spread[4 * ChunkSamples];
                corner[1] += spread[5 * ChunkSamples];
            }
        }
    }

    /// <summary>Adds w·g·∂colour/∂feature of visible samples to their cells' corners; each record in vectors of its own, so that what
    /// one sample stores the next can load at once.</summary>
    private void AddFeatures(SampleCells cells, in PacketSamples samples, int firstSample, int first, int end)
    {
        nint row = (nint)layout.RowPitch * stride;
        nint plane = (nint)layout.PlanePitch * stride;
        int low = firstPlane * layout.PlanePitch;
        uint length = (uint)((endPlane - firstPlane + 1) * layout.PlanePitch);
        for (int i = first; i < end; i++)
        {
            int entry = samples.Visible[i];
            int sample = entry - firstSample;
            int index = cells.Index[sample];
            if ((uint)(index - low) >= length)
            {
                continue;
            }

            touched[index / RecordLayout.SegmentRecords] = 1;
            Vector128<float> weight = Vector128.Create(samples.Weights[entry]);
            float* gradient = scratch.Colors + (entry % Width * stride);
            float* color = samples.Colors + ((nint)i * stride);
            float* corner = features + ((nint)index * stride);
            for (int quad = 0; quad < stride; quad += 4, corner += 4)
            {
                Vector128<float> value = weight * Vector128.Load(gradient + quad);
                if (slope0 != 1)
                {
                    value *= Slope(Vector128.Load(color + quad));
                }

                Vector128<float> back = value * Vector128.Create(cells.Z[sample]);
                AddPlane(corner, row, stride, value - back, cells, sample);
                AddPlane(corner + plane, row, stride, back, cells, sample);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPlane(float* corner, nint row, int stride, Vector128<float> value, SampleCells cells, int sample)
    {
        Vector128<float> x = Vector128.Create(cells.X[sample]);
        Vector128<float> upper = value * Vector128.Create(cells.Y[sample]);
        Vector128<float> lower = value - upper;
        Vector128<float> lowerRight = lower * x;
        Vector128<float> upperRight = upper * x;
        (Vector128.Load(corner) + (lower - lowerRight)).Store(corner);
        (Vector128.Load(corner + stride) + lowerRight).Store(corner + stride);
        (Vector128.Load(corner + row) + (upper - upperRight)).Store(corner + row);
        (Vector128.Load(corner + row + stride) + upperRight).Store(corner + row + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<float> Slope(Vector128<float> color) =>
        Vector128.FusedMultiplyAdd(color, Vector128.FusedMultiplyAdd(Vector128.Create(slope2), color, Vector128.Create(slope1)), Vector128.Create(slope0));

    /// <summary>The live steps at which a ray of the packet may touch the slab; at most two too many at either side.</summary>
    private (int First, int End) StepsInSlab<TLanes>(int packet)
        where TLanes : struct, ILanes<TLanes>
    {
        float* rows = tape.Packets.Rows(packet);
        float* bounds = stackalloc float[2 * Width];
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TLanes slope = TLanes.Load(rows + RayPackets.Slope + (2 * Width) + lane);
            TLanes start = TLanes.MultiplyAdd(TLanes.Load(rows + RayPackets.FirstDistance + lane), slope, TLanes.Load(rows + RayPackets.Start + (2 * Width) + lane));
            TLanes step = slope * TLanes.Create(tape.StepLength);
            TLanes a = (TLanes.Create(firstPlane - 1) - start) / step;
            TLanes b = (TLanes.Create(endPlane) - start) / step;

            // A ray within its plane, or a broken one, may be anywhere.
            TLanes slow = TLanes.Create(1e-6f);
            TLanes size = TLanes.Abs(step);
            TLanes.SelectGreater(size, slow, TLanes.Min(a, b), TLanes.Create(0)).Store(bounds + lane);
            TLanes.SelectGreater(size, slow, TLanes.Max(a, b), TLanes.Create(float.MaxValue)).Store(bounds + Width + lane);
        }

        (float first, float end) = (float.MaxValue, -1);
        for (int ray = 0; ray < Width; ray++)
        {
            if (rows[RayPackets.SampleCount + ray] > 0)
            {
                first = Math.Min(first, bounds[ray] - 1);
                end = Math.Max(end, Math.Min(bounds[Width + ray] + 2, rows[RayPackets.SampleCount + ray]));
            }
        }

        int live = tape.LiveSteps(packet);
        int firstStep = first > 0 ? (int)Math.Min(first, live) : 0;
        return (firstStep, end > 0 ? (int)Math.Min(end, live) : 0);
    }

    /// <summary>The first place whose value is at least <paramref name="bound"/>.</summary>
    private static int LowerBound(int* ascending, int count, int bound)
    {
        (int low, int high) = (0, count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = ascending[middle] < bound ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
