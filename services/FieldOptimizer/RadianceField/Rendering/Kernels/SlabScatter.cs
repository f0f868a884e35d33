using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Adds samples' gradients to a slab: planes of the grid that one worker owns, with a plane of halo on each side.</summary>
/// <remarks>The halo's planes belong to the neighbours, who add the same samples to them: they are thrown away here. So every voxel
/// gets its sum in one order, rays as given and samples near to far, whoever owns it.</remarks>
internal static unsafe class SlabScatter
{
    /// <summary>Samples per chunk; a multiple of every vector's lanes.</summary>
    public const int ChunkSamples = 64;

    /// <summary>Floats of a slab's memory.</summary>
    public static int SlabLength(VoxelRecords records, int planes) =>
        ((planes + 2) * records.PlanePitch) + records.RowPitch + records.Stride + VoxelRecords.Overrun;

    /// <summary>Adds one run of one ray's samples, whose cells are in the scratch.</summary>
    public static void AddChunk<TPair>(VoxelRecords records, RenderTape tape, ColorMode mode, int rayIndex, int first, int count, int firstPlane, int lastPlane, RayScratch scratch)
        where TPair : struct, ILanes<TPair>
    {
        int stride = records.Stride;
        int origin = firstPlane * records.PlanePitch;
        uint length = (uint)((lastPlane - firstPlane + 1) * records.PlanePitch);
        SampleCells cells = scratch.Cells;
        float* value = stackalloc float[2 * stride];
        float* corner = scratch.Slab - origin;
        int sample = tape.Rays[rayIndex].FirstSample + first;
        ReadOnlySpan<float> colorGrad = tape.ImageGradients.AsSpan(rayIndex * tape.Channels, tape.Channels);
        for (int i = 0; i < count; i++, sample++)
        {
            if ((uint)(cells.Offsets[i] - origin) >= length)
            {
                continue;
            }

            value[0] = tape.DensityGradients[sample];
            float weight = tape.Weights[sample];
            weight = weight > tape.Options.WeightThreshold ? weight : 0;
            for (int channel = 0; channel < colorGrad.Length; channel++)
            {
                value[1 + channel] = weight * colorGrad[channel] * ActivationSlope(mode, tape.Colors[(channel * tape.Capacity) + sample]);
            }

            TrilinearRecords.Scatter(corner + cells.Offsets[i], stride, records.RowPitch, records.PlanePitch, cells, i, value);
        }
    }

    /// <summary>∂colour/∂feature, from the colour.</summary>
    private static float ActivationSlope(ColorMode mode, float color) => mode switch
    {
        ColorMode.Raw => 1,
        ColorMode.SigmoidCentered => (1 - (color * color)) / 2,
        _ => color * (1 - color),
    };
}
