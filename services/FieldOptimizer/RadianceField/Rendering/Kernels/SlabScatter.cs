using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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
        SampleCells cells = scratch.Cells(0);
        SampleCells next = scratch.Cells(1);
        float* rows = tape.Packets.Rows(packet);
        PacketSamples samples = tape.Samples(packet);
        int visibleCount = tape.VisibleCount(packet);
        float* gradients = tape.DensityGradients + tape.Packets.FirstSample(packet);
        int visible = LowerBound(samples.Visible, visibleCount, first * Width);
        cells.Locate<TLanes>(rows, samples.StepLength, layout, first, SampleCells.ChunkSteps);
        for (int step = first; step < end; step += SampleCells.ChunkSteps)
        {
            int count = Math.Min(SampleCells.ChunkSteps, end - step);
            next.Locate<TLanes>(rows, samples.StepLength, layout, step + SampleCells.ChunkSteps, SampleCells.ChunkSteps);
            Prefetching.Run(gradients + ((step + count) * Width), SampleCells.ChunkSamples * sizeof(float));
            Spread<TLanes>(cells, gradients + (step * Width), Width, float.NaN, count);
            AddDensity(cells, next, count);
            int firstVisible = visible;
            while (visible < visibleCount && samples.Visible[visible] < (step + count) * Width)
            {
                visible++;
            }

            if (slope0 != 1)
            {
                AddFeatures(cells, next, samples, step * Width, firstVisible, visible);
            }
            else if (visible > firstVisible)
            {
                // ∂L/∂feature is w·g with one g per ray: only w is spread.
                float* weights = samples.Values + (step * PacketSamples.StepFloats) + PacketSamples.Weights;
                Spread<TLanes>(cells, weights, PacketSamples.StepFloats, samples.WeightThreshold, count);
                AddRawFeatures(cells, next, count);
            }

            (cells, next) = (next, cells);
        }
    }

    /// <summary>Each sample's value times the weights of its cell's corners, in four arrays of pairs along x, and which samples count.
    /// What a ray leaves in one cell at several steps is summed up at the last of them.</summary>
    /// <param name="cells">Of the chunk.</param>
    /// <param name="values">Rows of sixteen.</param>
    /// <param name="pitch">Floats between rows.</param>
    /// <param name="threshold">Values of at most this count as zero; NaN: all count but zeros.</param>
    /// <param name="count">Steps.</param>
    private void Spread<TLanes>(SampleCells cells, float* values, int pitch, float threshold, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        float* chunk = scratch.Chunk;
        uint* masks = scratch.Masks;
        int low = firstPlane * layout.PlanePitch;
        int length = (endPlane - firstPlane + 1) * layout.PlanePitch;
        TLanes zero = TLanes.Create(0);
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            // Eight corners, one variable each: the compiler keeps them in registers, which it does not with a struct of them.
            (TLanes a0, TLanes a1, TLanes a2, TLanes a3) = (zero, zero, zero, zero);
            (TLanes b0, TLanes b1, TLanes b2, TLanes b3) = (zero, zero, zero, zero);
            for (int i = 0; i < count; i++)
            {
                int at = (i * Width) + lane;
                int* index = cells.Index + at;
                int* before = i > 0 ? index - Width : index;
                TLanes value = TLanes.Load(values + (i * pitch) + lane);
                value = float.IsNaN(threshold) ? value : TLanes.SelectGreater(value, TLanes.Create(threshold), value, zero);
                uint mask = TLanes.RangeMask(index, low, length) & TLanes.GreaterMask(TLanes.Abs(value), zero);
                if (i > 0)
                {
                    uint same = TLanes.EqualMask(index, before) & (masks[i - 1] >> lane);
                    masks[i - 1] &= ~(same << lane);
                    mask |= same;
                }

                masks[i] = lane == 0 ? mask : masks[i] | (mask << lane);
                (TLanes x, TLanes y, TLanes z) = (TLanes.Load(cells.X + at), TLanes.Load(cells.Y + at), TLanes.Load(cells.Z + at));
                TLanes back = value * z;
                TLanes front = value - back;
                TLanes frontUp = front * y;
                TLanes backUp = back * y;
                TLanes c1 = (front - frontUp) * x;
                TLanes c3 = frontUp * x;
                TLanes d1 = (back - backUp) * x;
                TLanes d3 = backUp * x;
                a0 = (front - frontUp) - c1 + TLanes.WhereEqual(index, before, a0);
                a1 = c1 + TLanes.WhereEqual(index, before, a1);
                a2 = frontUp - c3 + TLanes.WhereEqual(index, before, a2);
                a3 = c3 + TLanes.WhereEqual(index, before, a3);
                b0 = (back - backUp) - d1 + TLanes.WhereEqual(index, before, b0);
                b1 = d1 + TLanes.WhereEqual(index, before, b1);
                b2 = backUp - d3 + TLanes.WhereEqual(index, before, b2);
                b3 = d3 + TLanes.WhereEqual(index, before, b3);
                float* spread = chunk + (2 * at);
                TLanes.StorePairs(spread, a0, a1);
                TLanes.StorePairs(spread + (2 * ChunkSamples), a2, a3);
                TLanes.StorePairs(spread + (4 * ChunkSamples), b0, b1);
                TLanes.StorePairs(spread + (6 * ChunkSamples), b2, b3);
            }
        }
    }

    private void AddDensity(SampleCells cells, SampleCells next, int count)
    {
        nint row = layout.RowPitch;
        nint plane = layout.PlanePitch;
        float* slab = density;
        float* chunk = scratch.Chunk;
        uint* masks = scratch.Masks;
        int* index = cells.Index;
        int* nextIndex = next.Index;
        for (int i = 0; i < count; i++)
        {
            for (uint mask = masks[i]; mask != 0; mask &= mask - 1)
            {
                int sample = (i * Width) + BitOperations.TrailingZeroCount(mask);
                float* spread = chunk + (2 * sample);
                float* corner = slab + index[sample];
                Prefetching.Near(slab + nextIndex[sample], row, plane);
                AddPair(corner, spread);
                AddPair(corner + row, spread + (2 * ChunkSamples));
                AddPair(corner + plane, spread + (4 * ChunkSamples));
                AddPair(corner + plane + row, spread + (6 * ChunkSamples));
            }
        }
    }

    /// <summary>Adds the spread weights times each ray's colour gradient.</summary>
    private void AddRawFeatures(SampleCells cells, SampleCells next, int count)
    {
        nint row = (nint)layout.RowPitch * stride;
        nint plane = (nint)layout.PlanePitch * stride;
        int record = stride;
        float* slab = features;
        float* chunk = scratch.Chunk;
        float* gradients = scratch.Colors;
        uint* masks = scratch.Masks;
        int* index = cells.Index;
        int* nextIndex = next.Index;
        byte* marks = touched;
        for (int i = 0; i < count; i++)
        {
            for (uint mask = masks[i]; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                int sample = (i * Width) + lane;
                marks[(uint)index[sample] / RecordLayout.SegmentRecords] = 1;
                float* spread = chunk + (2 * sample);
                float* corner = slab + ((nint)index[sample] * record);
                Prefetching.Near(slab + ((nint)nextIndex[sample] * record), row, plane);
                for (int quad = 0; quad < record; quad += 4, corner += 4)
                {
                    Vector128<float> gradient = Vector128.Load(gradients + (lane * record) + quad);
                    AddWeighted(corner, record, gradient, spread);
                    AddWeighted(corner + row, record, gradient, spread + (2 * ChunkSamples));
                    AddWeighted(corner + plane, record, gradient, spread + (4 * ChunkSamples));
                    AddWeighted(corner + plane + row, record, gradient, spread + (6 * ChunkSamples));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddWeighted(float* sum, int record, Vector128<float> gradient, float* pair)
    {
        Vector128.FusedMultiplyAdd(Vector128.Create(pair[0]), gradient, Vector128.Load(sum)).Store(sum);
        Vector128.FusedMultiplyAdd(Vector128.Create(pair[1]), gradient, Vector128.Load(sum + record)).Store(sum + record);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPair(float* sum, float* pair)
    {
        if (Sse2.IsSupported)
        {
            Vector128<float> both = Sse2.LoadScalarVector128((double*)sum).AsSingle() + Sse2.LoadScalarVector128((double*)pair).AsSingle();
            Sse2.StoreScalar((double*)sum, both.AsDouble());
            return;
        }

        sum[0] += pair[0];
        sum[1] += pair[1];
    }

    /// <summary>Adds w·g·∂colour/∂feature of visible samples to their cells' corners; each record in vectors of its own, so that what
    /// one sample stores the next can load at once.</summary>
    private void AddFeatures(SampleCells cells, SampleCells next, in PacketSamples samples, int firstSample, int first, int end)
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
            Prefetching.Near(features + ((nint)next.Index[sample] * stride), row, plane);
            Vector128<float> weight = Vector128.Create(samples.Values[PacketSamples.WeightOf(entry)]);
            float* gradient = scratch.Colors + (entry % Width * stride);
            float* color = samples.Colors + ((nint)i * stride);
            float* corner = features + ((nint)index * stride);
            for (int quad = 0; quad < stride; quad += 4, corner += 4)
            {
                Vector128<float> value = weight * Vector128.Load(gradient + quad) * Slope(Vector128.Load(color + quad));
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
