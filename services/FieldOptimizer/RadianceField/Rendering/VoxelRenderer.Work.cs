using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Rendering;

/// <summary>What the workers do: rays in the passes along rays, slabs of the grid in the passes over voxels.</summary>
public sealed unsafe partial class VoxelRenderer
{
    private void Begin(VoxelField field)
    {
        this.field = field;
        kernels = lanes is { } width ? FieldKernels.For(field.Voxels.Stride, width) : FieldKernels.For(field.Voxels.Stride);
        next = 0;
    }

    private void ForwardRays(int worker)
    {
        RenderTape tape = this.tape!;
        float[] pixelMemory = tape.ImageGradients;
        while (TryTake(tape.RayCount, RayChunk, out int first, out int end))
        {
            for (int ray = first; ray < end; ray++)
            {
                // The image's gradient is not there yet: its row of the tape holds the pixel for a moment.
                Span<float> pixel = pixelMemory.AsSpan(ray * tape.Channels, tape.Channels);
                fixed (float* pointer = pixel)
                {
                    RaySamples samples = tape.KeepsSamples ? tape.Samples(ray) : tape.TransientSamples(ray, scratch[worker].Samples);
                    float left = kernels.ForwardRay(field!, tape.Rays[ray], samples, alphaMask, scratch[worker], pointer, out float depth);
                    Span<float> background = tape.BackgroundColors.AsSpan(ray * tape.Channels, tape.Channels);
                    BackgroundSampling.Forward(field!.Background, field.ColorMode, tape.Rays[ray].Direction, background);
                    tape.Store(ray, pixel, background, depth, left);
                }
            }
        }
    }

    private void BackwardRays(int worker)
    {
        RenderTape tape = this.tape!;
        fixed (float* imageGradients = tape.ImageGradients, densityGradients = tape.DensityGradients)
        {
            while (TryTake(tape.RayCount, RayChunk, out int first, out int end))
            {
                for (int ray = first; ray < end; ray++)
                {
                    RaySamples samples = tape.Samples(ray);
                    RayGradient gradient = new()
                    {
                        Color = imageGradients + (ray * tape.Channels),
                        Depth = depthGradients[ray],
                        Background = BackgroundGain(tape, ray),
                        Emptiness = emptiness,
                        EmptinessScale = emptinessScale,
                        Transmittance = tape.Transmittance[ray],
                    };
                    tape.ScaleGradients[ray] = kernels.BackwardRay(samples, gradient, scratch[worker], densityGradients + tape.Rays[ray].FirstSample);
                    tape.EmptinessSums[ray] = emptiness == 0 ? 0 : kernels.EmptinessSum(samples, emptinessScale);
                }
            }
        }
    }

    /// <summary>g·b + 10·h: what a ray's loss gains per unit of background.</summary>
    private float BackgroundGain(RenderTape tape, int ray)
    {
        float gain = RenderOptions.BackgroundDepth * depthGradients[ray];
        for (int at = ray * tape.Channels; at < (ray + 1) * tape.Channels; at++)
        {
            gain += tape.ImageGradients[at] * tape.BackgroundColors[at];
        }

        return gain;
    }

    private void RunSlabs(int worker)
    {
        RecordLayout layout = SlabScatter.LayoutOf(slabTask.Records);
        while (TryTake(layout.Grid.Z, SlabPlanes(layout), out int first, out int end))
        {
            for (int i = 0; i < tapeCount; i++)
            {
                kernels.ScatterSlab(layout, tapes[i], field!.ColorMode, first, end, scratch[worker]);
            }

            FinishSlab(layout, scratch[worker], first, end);
            new Span<float>(scratch[worker].Slab, SlabScatter.SlabLength(layout, end - first)).Clear();
        }
    }

    private void FinishSlab(RecordLayout layout, RayScratch scratch, int firstPlane, int lastPlane)
    {
        float* origin = scratch.Slab - ((nint)firstPlane * layout.PlanePitch);
        int stride = slabTask.Records.Stride;
        for (int z = firstPlane; z < lastPlane; z++)
        {
            for (int y = 0; y < layout.Grid.Y; y++)
            {
                float* row = origin + layout.Offset(0, y, z);
                if (stride != layout.Stride)
                {
                    kernels.PackRow(row, layout.Stride, stride, layout.Grid.X, scratch.Row);
                    row = scratch.Row;
                }

                FinishRow(row, layout.Grid.X * stride, y, z);
            }
        }
    }

    private void FinishRow(float* row, int length, int y, int z)
    {
        if (slabTask.Gradient is { } gradient)
        {
            Add(new ReadOnlySpan<float>(row, length), gradient.Row(y, z));
            return;
        }

        int offset = slabTask.Records.Offset(0, y, z);
        float* moment = PinnedMemory.Pointer(slabTask.State!.FirstMoment.Data) + offset;
        float* norm = PinnedMemory.Pointer(slabTask.State.InfinityNorm.Data) + offset;
        kernels.UpdateRow(PinnedMemory.Pointer(slabTask.Records.Data) + offset, row, moment, norm, length, slabTask.CorrectedRate);
    }

    private static void Add(ReadOnlySpan<float> values, Span<float> sum)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += values[i];
        }
    }

    /// <summary>Takes the next few of <paramref name="total"/> items of work.</summary>
    private bool TryTake(int total, int size, out int first, out int end)
    {
        first = Interlocked.Add(ref next, size) - size;
        end = Math.Min(first + size, total);
        return first < total;
    }

    private static int SlabPlanes(RecordLayout layout) => Math.Max(1, (SlabBytes / sizeof(float) / layout.PlanePitch) - 2);

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
        }

        RecordLayout layout = SlabScatter.LayoutOf(field.Voxels);
        int samples = 0;
        foreach (RenderTape recorded in tapes)
        {
            samples = Math.Max(samples, recorded.SampleCount);
        }

        foreach (RayScratch worker in scratch)
        {
            worker.ReserveRay(samples);
            worker.ReserveSlab(layout, SlabPlanes(layout), samples);
        }
    }

    private void CopyGradients(RenderTape tape, RenderGradient gradient)
    {
        if (depthGradients.Length < tape.RayCount)
        {
            depthGradients = new float[tape.RayCount];
        }

        Array.Clear(depthGradients);
        gradient.Depth.CopyTo(depthGradients);
        Span<float> image = tape.ImageGradients.AsSpan(0, tape.RayCount * tape.Channels);
        image.Clear();
        for (int at = 0; at < gradient.Image.Length; at++)
        {
            image[(at % tape.RayCount * tape.Channels) + (at / tape.RayCount)] = gradient.Image[at];
        }
    }

    private double DensityScaleGradient()
    {
        double sum = 0;
        for (int i = 0; i < tapeCount; i++)
        {
            for (int ray = 0; ray < tapes[i].RayCount; ray++)
            {
                sum += tapes[i].ScaleGradients[ray];
            }
        }

        return sum;
    }

    private void SumTextureGradient(VoxelField field)
    {
        Background background = field.Background;
        if (!background.IsTexture)
        {
            return;
        }

        if (textureGradient.Length != background.Values.Length)
        {
            textureGradient = new double[background.Values.Length];
        }

        Array.Clear(textureGradient);
        for (int i = 0; i < tapeCount; i++)
        {
            RenderTape tape = tapes[i];
            for (int ray = 0; ray < tape.RayCount; ray++)
            {
                ReadOnlySpan<float> color = tape.BackgroundColors.AsSpan(ray * tape.Channels, tape.Channels);
                ReadOnlySpan<float> gradient = tape.ImageGradients.AsSpan(ray * tape.Channels, tape.Channels);
                BackgroundSampling.Adjoint(background, field.ColorMode, tape.Rays[ray].Direction, color, gradient, tape.Transmittance[ray], textureGradient);
            }
        }
    }
}
