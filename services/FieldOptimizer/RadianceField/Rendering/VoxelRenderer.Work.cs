using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Rendering;

/// <summary>What the workers do: packets of rays in the passes along rays, slabs of the grid in the passes over voxels.</summary>
public sealed unsafe partial class VoxelRenderer
{
    private void ForwardPackets(int worker)
    {
        RenderTape tape = this.tape!;
        PacketScratch scratch = this.scratch[worker];
        while (TryTake(tape.Packets.Count, PacketChunk, out int first, out int end))
        {
            for (int packet = first; packet < end; packet++)
            {
                PacketSamples samples = tape.KeepsSamples ? tape.Samples(packet) : tape.Samples(packet, scratch);
                (int, int) found = kernels.ForwardPacket(field!, tape.Packets.Rows(packet), samples, mask, scratch);
                SampleBackground(tape, packet, scratch);
                tape.Store(packet, found, scratch);
            }
        }

        StreamingStores.Finish();
    }

    private void SampleBackground(RenderTape tape, int packet, PacketScratch scratch)
    {
        float* u = scratch.PerRay(2);
        float* v = scratch.PerRay(3);
        if (field!.Background.IsTexture)
        {
            kernels.MapDirections(tape.Packets.Rows(packet), u, v);
        }

        background.Sample(tape, packet, u, v);
    }

    private void BackwardPackets(int worker)
    {
        RenderTape tape = this.tape!;
        PacketScratch scratch = this.scratch[worker];
        PacketGradient gradient = new()
        {
            Color = scratch.Colors,
            Depth = scratch.PerRay(2),
            Background = scratch.PerRay(3),
            Transmittance = scratch.PerRay(4),
            Emptiness = emptiness,
            EmptinessScale = emptinessScale,
        };
        fixed (double* emptinessSums = tape.EmptinessSums)
        {
            while (TryTake(tape.Packets.Count, PacketChunk, out int first, out int end))
            {
                for (int packet = first; packet < end; packet++)
                {
                    int ray = packet * RayPackets.Width;
                    gradient.EmptinessSums = emptinessSums + ray;
                    LoadUpstream(tape, packet, gradient);
                    kernels.BackwardPacket(
                        tape.Packets.Rows(packet), tape.Samples(packet), tape.LiveSteps(packet), tape.VisibleCount(packet), gradient, scratch, tape.DensityGradients + tape.Packets.FirstSample(packet));
                }
            }
        }
    }

    /// <summary>A packet's rows of upstream gradients, where a unit of background gains g·b + 10·h.</summary>
    private void LoadUpstream(RenderTape tape, int packet, in PacketGradient gradient)
    {
        tape.LoadGradients(packet, gradient.Color);
        int stride = tape.ColorStride;
        if (stride == 4)
        {
            tape.PlaceGradients(packet, gradient.Color);
        }

        int channels = tape.Channels;
        ReadOnlySpan<int> rays = tape.Packets.Rays(packet);
        fixed (float* backgrounds = tape.BackgroundColors, transmittances = tape.Transmittance, depths = depthGradients)
        {
            for (int i = 0; i < RayPackets.Width; i++)
            {
                int ray = rays[i];
                if (ray < 0)
                {
                    (gradient.Transmittance[i], gradient.Depth[i], gradient.Background[i]) = (1, 0, 0);
                    continue;
                }

                gradient.Transmittance[i] = transmittances[ray];
                gradient.Depth[i] = depths[ray];
                float gain = RenderOptions.BackgroundDepth * depths[ray];
                float* color = gradient.Color + (i * stride);
                float* background = backgrounds + ((nint)ray * channels);
                for (int channel = 0; channel < channels; channel++)
                {
                    gain += color[channel] * background[channel];
                }

                gradient.Background[i] = gain;
            }
        }
    }

    private void RunSlabs(int worker)
    {
        PacketScratch scratch = this.scratch[worker];
        VoxelRecords records = slabTask.Records;
        if (worker == 0 && slabTask.NeedsTexture)
        {
            // While the others are still waking.
            background.SumGradient(field!, tapes.AsSpan(0, tapeCount));
        }

        FetchSlab(records, scratch);
        while (TryTake(plan.Count, 1, out int turn, out _))
        {
            (int first, int end) = plan.Slab(turn);
            for (int i = 0; i < tapeCount; i++)
            {
                kernels.ScatterSlab(records, tapes[i], field!.ColorMode, first, end, scratch);
            }

            SlabGradient slab = new(records, end - first, scratch);
            slab.SumDensities();
            slab.FindSegments();
            slab.ClearBorder();
            scaleParts[first / plan.Planes] = slabTask.Gradient is { } gradient
                ? slab.AddTo(gradient, first)
                : kernels.StepSlab(records, slabTask.State!, slabTask.CorrectedRate, first, end, scratch);
            slab.Finish();
        }
    }

    /// <summary>Brings a slab's memory, which the passes along rays have driven out, back into the caches: one sweep waits less than
    /// samples that come line by line. Features only where many samples have a colour.</summary>
    private void FetchSlab(VoxelRecords records, PacketScratch scratch)
    {
        int count = (plan.Planes + 2) * records.Layout.PlanePitch;
        Prefetching.Zeros(scratch.DensitySlab, scratch.DensityFloats * count);
        if (plan.HasDenseColors)
        {
            Prefetching.Zeros(scratch.FeatureSlab, count * records.FeatureStride);
        }
    }

    /// <summary>Takes the next few of <paramref name="total"/> items of work.</summary>
    private bool TryTake(int total, int size, out int first, out int end)
    {
        first = Interlocked.Add(ref next, size) - size;
        end = Math.Min(first + size, total);
        return first < total;
    }

    private void Begin(VoxelField field)
    {
        this.field = field;
        next = 0;
        foreach (PacketScratch worker in scratch)
        {
            worker.ReserveColors(field.Voxels.FeatureStride);
        }
    }

    private void BeginScatter(VoxelField field, ReadOnlySpan<RenderTape> tapes)
    {
        ArgumentNullException.ThrowIfNull(field);
        Begin(field);
        if (this.tapes.Length < tapes.Length)
        {
            this.tapes = new RenderTape[tapes.Length];
        }

        tapeCount = tapes.Length;
        tapes.CopyTo(this.tapes);
        for (int i = 0; i < tapes.Length; i++)
        {
            if (!tapes[i].HasGradient)
            {
                throw new ArgumentException($"tapes[{i}] must have had a backward pass, but has none.", nameof(tapes));
            }

            RequireChannels(field, tapes[i], nameof(tapes), i);
        }

        plan.Make(field.Voxels, this.tapes.AsSpan(0, tapeCount), team.Size);
        if (scaleParts.Length != field.Grid.Z)
        {
            scaleParts = new double[field.Grid.Z];
        }

        Array.Clear(scaleParts);
        foreach (PacketScratch worker in scratch)
        {
            worker.ReserveSlab(field.Voxels, plan.MostPlanes, plan.HasDensityPairs);
        }
    }

    private void CopyGradients(RenderTape tape, RenderGradient gradient)
    {
        if (depthGradients.Length < tape.RayCount)
        {
            depthGradients = new float[tape.RayCount];
        }

        CopyOrClear(gradient.Depth, depthGradients);
        CopyOrClear(gradient.Image, tape.ImageGradients);
    }

    /// <summary>No gradient stands for zeros.</summary>
    private static void CopyOrClear(ReadOnlySpan<float> gradient, Span<float> copy)
    {
        gradient.CopyTo(copy);
        if (gradient.IsEmpty)
        {
            copy.Clear();
        }
    }

    /// <summary>∂L/∂(density scale) = Σ density·∂L/∂density over the voxels, once the slabs are done.</summary>
    private double DensityScaleGradient()
    {
        double sum = 0;
        foreach (double part in scaleParts)
        {
            sum += part;
        }

        return sum;
    }
}
