using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Adds samples' gradients to a slab: planes of the grid that one worker owns, with a plane of halo on each side.</summary>
/// <remarks>The halo's planes belong to the neighbours, who add the same samples to them: they are thrown away here. So every voxel
/// gets its sum in one order (packets as given, chunks near to far, runs in their list's order), whoever owns it.</remarks>
internal readonly unsafe ref struct SlabScatter
{
    private const int Width = RayPackets.Width;

    private readonly RenderTape tape;
    private readonly RecordLayout layout;
    private readonly PacketScratch scratch;
    private readonly int stride;
    private readonly int firstPlane;
    private readonly int endPlane;

    /// <summary>Where record 0 would lie, were the whole grid in the slab's memory.</summary>
    private readonly float* features;
    private readonly byte* touched;
    private readonly RunScatter scatter;

    // ∂colour/∂feature = s₀ + s₁·colour + s₂·colour².
    private readonly float slope0;
    private readonly float slope1;
    private readonly float slope2;

    /// <summary>A scatter of one tape into planes first … end − 1.</summary>
    public SlabScatter(VoxelRecords records, RenderTape tape, ColorMode mode, int firstPlane, int endPlane, PacketScratch scratch)
    {
        (layout, stride, this.tape, this.firstPlane, this.endPlane, this.scratch) = (records.Layout, records.FeatureStride, tape, firstPlane, endPlane, scratch);
        nint skipped = (nint)firstPlane * layout.PlanePitch;
        features = scratch.FeatureSlab - (skipped * stride);
        touched = scratch.Touched - (skipped / RecordLayout.SegmentRecords);
        scatter = new RunScatter(layout, stride, scratch.DensitySlab - (scratch.DensityFloats * skipped), features, touched);
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
        if (scratch.DensityFloats == DensityPairs.Floats)
        {
            Add<TLanes, DensityPairs>();
        }
        else
        {
            Add<TLanes, DensityRows>();
        }
    }

    private void Add<TLanes, TFaces>()
        where TLanes : struct, ILanes<TLanes>
        where TFaces : struct, IDensityFaces
    {
        for (int packet = 0; packet < tape.Packets.Count; packet++)
        {
            (int first, int end) = SlabSteps.Find<TLanes>(tape, packet, firstPlane, endPlane);
            if (first < end)
            {
                if (slope0 == 1)
                {
                    AddRawPacket<TLanes, TFaces>(packet, first, end);
                }
                else
                {
                    AddPacket<TLanes, TFaces>(packet, first, end);
                }
            }
        }
    }

    /// <summary>One packet's steps first … end − 1; ∂L/∂feature of raw colours is w·g with one g per ray, so that only w is spread.</summary>
    private void AddRawPacket<TLanes, TFaces>(int packet, int first, int end)
        where TLanes : struct, ILanes<TLanes>
        where TFaces : struct, IDensityFaces
    {
        SampleCells cells = scratch.Cells(0);
        float* rows = tape.Packets.Rows(packet);
        PacketSamples samples = tape.Samples(packet);
        float* gradients = tape.DensityGradients + tape.Packets.FirstSample(packet);
        float* placed = tape.PlacedGradients(packet);
        SampleRuns densityRuns = scratch.Runs(0);
        SampleRuns colorRuns = scratch.Runs(1);
        int low = firstPlane * layout.PlanePitch;
        int length = (endPlane - firstPlane + 1) * layout.PlanePitch;
        bool hasGradients = stride == 4 && Avx.IsSupported;
        for (int step = first; step < end; step += SampleCells.ChunkSteps)
        {
            int count = Math.Min(SampleCells.ChunkSteps, end - step);
            cells.Locate<TLanes>(rows, samples.StepLength, layout, step, count);
            Prefetching.Run(gradients + ((step + count) * Width), SampleCells.ChunkSamples * sizeof(float));
            bool isVisible = IsAnyVisible(samples.Visible + step, count);
            float* weights = isVisible ? samples.Values + (step * PacketSamples.StepFloats) + PacketSamples.Weights : null;
            CornerSpread.Spread<TLanes>(cells, count, low, length, gradients + (step * Width), densityRuns, weights, samples.WeightThreshold, colorRuns);
            if (isVisible && !hasGradients)
            {
                tape.LoadGradients(packet, scratch.Colors);
                hasGradients = true;
            }

            int listed = densityRuns.List(count);
            if (isVisible && stride == 4 && Avx.IsSupported && colorRuns.HasMasksOf(densityRuns, count))
            {
                scatter.AddBoth<TFaces>(densityRuns, cells.Index, listed, placed);
                continue;
            }

            scatter.AddDensities<TFaces>(densityRuns, cells.Index, listed);
            if (isVisible)
            {
                scatter.AddRawFeatures(colorRuns, cells.Index, colorRuns.List(count), placed, scratch.Colors);
            }
        }
    }

    /// <summary>One packet's steps first … end − 1, with the slope of the colour at each sample.</summary>
    private void AddPacket<TLanes, TFaces>(int packet, int first, int end)
        where TLanes : struct, ILanes<TLanes>
        where TFaces : struct, IDensityFaces
    {
        SampleCells cells = scratch.Cells(0);
        SampleCells next = scratch.Cells(1);
        float* rows = tape.Packets.Rows(packet);
        PacketSamples samples = tape.Samples(packet);
        float* gradients = tape.DensityGradients + tape.Packets.FirstSample(packet);
        int visible = CountVisible(samples.Visible, first);
        tape.LoadGradients(packet, scratch.Colors);
        SampleRuns runs = scratch.Runs(0);
        int low = firstPlane * layout.PlanePitch;
        int length = (endPlane - firstPlane + 1) * layout.PlanePitch;
        cells.Locate<TLanes>(rows, samples.StepLength, layout, first, SampleCells.ChunkSteps);
        for (int step = first; step < end; step += SampleCells.ChunkSteps)
        {
            int count = Math.Min(SampleCells.ChunkSteps, end - step);
            if (step + count < end)
            {
                next.Locate<TLanes>(rows, samples.StepLength, layout, step + count, Math.Min(SampleCells.ChunkSteps, end - step - count));
            }

            CornerSpread.Spread<TLanes>(cells, count, low, length, gradients + (step * Width), runs, null, 0, runs);
            scatter.AddDensities<TFaces>(runs, cells.Index, runs.List(count));
            int found = CountVisible(samples.Visible + step, count);
            if (found > 0)
            {
                AddFeatures(cells, next, samples, step, count, visible);
            }

            visible += found;
            (cells, next) = (next, cells);
        }
    }

    /// <summary>Adds w·g·∂colour/∂feature of visible samples to their cells' corners; each record in vectors of its own, so that what
    /// one sample stores the next can load at once.</summary>
    private void AddFeatures(SampleCells cells, SampleCells next, in PacketSamples samples, int firstStep, int steps, int firstColor)
    {
        nint row = (nint)layout.RowPitch * stride;
        nint plane = (nint)layout.PlanePitch * stride;
        int low = firstPlane * layout.PlanePitch;
        uint length = (uint)((endPlane - firstPlane + 1) * layout.PlanePitch);
        float* color = samples.Colors + ((nint)firstColor * stride);
        for (int i = 0; i < steps; i++)
        {
            float* weights = samples.Values + ((firstStep + i) * PacketSamples.StepFloats) + PacketSamples.Weights;
            for (uint mask = samples.Visible[firstStep + i]; mask != 0; mask &= mask - 1, color += stride)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                int sample = (i * Width) + lane;
                int index = cells.Index[sample];
                if ((uint)(index - low) >= length)
                {
                    continue;
                }

                touched[index / RecordLayout.SegmentRecords] = 1;
                Prefetching.Near(features + ((nint)next.Index[sample] * stride), row, plane);
                Vector128<float> weight = Vector128.Create(weights[lane]);
                float* gradient = scratch.Colors + (lane * stride);
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

    private static bool IsAnyVisible(ushort* visible, int steps) => steps == SampleCells.ChunkSteps
        ? Vector256.Load(visible) != Vector256<ushort>.Zero
        : new ReadOnlySpan<ushort>(visible, steps).ContainsAnyExcept((ushort)0);

    private static int CountVisible(ushort* visible, int steps)
    {
        int count = 0;
        for (int i = 0; i < steps; i++)
        {
            count += BitOperations.PopCount(visible[i]);
        }

        return count;
    }
}
