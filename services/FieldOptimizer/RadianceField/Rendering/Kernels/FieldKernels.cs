using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The renderer's work on one ray, one slab or one row, compiled for one width of vectors.</summary>
internal abstract unsafe class FieldKernels
{
    /// <summary>The widest vectors of this machine for records of <paramref name="stride"/> floats.</summary>
    public static FieldKernels For(int stride) =>
        Vector512.IsHardwareAccelerated ? For(stride, 16) : Vector256.IsHardwareAccelerated ? For(stride, 8) : For(stride, 1);

    /// <summary>Vectors of at most <paramref name="lanes"/> lanes: 16, 8 or 1.</summary>
    public static FieldKernels For(int stride, int lanes) => (lanes, 2 * stride) switch
    {
        (16, <= 8) => Instance<Lanes512, Lanes256, Lanes128>.Value,
        (16, <= 16) => Instance<Lanes512, Lanes512, Lanes256>.Value,
        (16, _) => Instance<Lanes512, Lanes1, Lanes1>.Value,
        (8, <= 8) => Instance<Lanes256, Lanes256, Lanes128>.Value,
        (8, <= 16) => Instance<Lanes256, LanesTwice256, Lanes256>.Value,
        (8, _) => Instance<Lanes256, Lanes1, Lanes1>.Value,
        _ => Instance<Lanes1, Lanes1, Lanes1>.Value,
    };

    /// <summary>Samples and composites one ray.</summary>
    /// <param name="field">The field.</param>
    /// <param name="ray">Its place in the grid.</param>
    /// <param name="samples">Receives densities, slopes, weights and colours.</param>
    /// <param name="alphaMask">[z, y, x], 0 where nothing is; null: everything counts.</param>
    /// <param name="scratch">The worker's.</param>
    /// <param name="pixel">Receives Σ w·colour, [c].</param>
    /// <param name="depth">Receives Σ w·s.</param>
    /// <returns>What is left for the background.</returns>
    public abstract float ForwardRay(VoxelField field, in GridRay ray, in RaySamples samples, byte[]? alphaMask, RayScratch scratch, float* pixel, out float depth);

    /// <summary>∂L/∂density of one ray's samples.</summary>
    /// <returns>The ray's part of ∂L/∂(density scale).</returns>
    public abstract double BackwardRay(in RaySamples samples, in RayGradient gradient, RayScratch scratch, float* densityGrad);

    /// <summary>Σ log(1 + scale·w) of one ray's samples.</summary>
    public abstract double EmptinessSum(in RaySamples samples, float scale);

    /// <summary>Adds the gradient of every sample that touches planes first … last − 1 of the grid; rays in order, near to far.</summary>
    public abstract void ScatterSlab(RecordLayout layout, RenderTape tape, ColorMode mode, int firstPlane, int lastPlane, RayScratch scratch);

    /// <summary>Takes the padding out of a run of records; writes up to a record more than there are.</summary>
    public abstract void PackRow(float* padded, int paddedStride, int stride, int count, float* packed);

    /// <summary>One Adamax step of a run of values.</summary>
    public abstract void UpdateRow(float* parameters, float* gradient, float* moment, float* norm, int count, float correctedRate);

    private static class Instance<TLanes, TPair, TRecord>
        where TLanes : struct, ILanes<TLanes>
        where TPair : struct, ILanes<TPair>
        where TRecord : struct, ILanes<TRecord>
    {
        public static readonly FieldKernels Value = new FieldKernels<TLanes, TPair, TRecord>();
    }
}
