using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The renderer's work on one packet of rays or one slab, compiled for one width of vectors.</summary>
internal abstract unsafe class FieldKernels
{
    private static readonly FieldKernels[] ByWidth =
        [new FieldKernels<Lanes1>(), new FieldKernels<Lanes128>(), new FieldKernels<Lanes256>(), new FieldKernels<Lanes512>()];

    /// <summary>For the widest vectors of this machine.</summary>
    public static FieldKernels Widest { get; } = For(
        Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : Vector128.IsHardwareAccelerated ? 4 : 1);

    /// <summary>For vectors of 16, 8, 4 or 1 lanes.</summary>
    public static FieldKernels For(int lanes) => ByWidth[lanes switch { 16 => 3, 8 => 2, 4 => 1, _ => 0 }];

    /// <summary>Samples and composites one packet.</summary>
    /// <param name="field">The field.</param>
    /// <param name="packet">The rays' rows.</param>
    /// <param name="samples">Receives slopes, weights, the visible samples and their colours.</param>
    /// <param name="mask">What can be seen; null: everything counts.</param>
    /// <param name="scratch">The worker's; its colours receive Σ w·colour, its rows 0 and 1 what is left for the background and Σ w·s.</param>
    /// <returns>Steps up to the last that may be seen, and visible samples.</returns>
    public abstract (int LiveSteps, int Visible) ForwardPacket(VoxelField field, float* packet, PacketSamples samples, MaskCells? mask, PacketScratch scratch);

    /// <summary>Where a packet's rays meet the background's texture.</summary>
    /// <param name="packet">The rays' rows.</param>
    /// <param name="u">Receives [16], in [−1, 1].</param>
    /// <param name="v">Receives [16], in [−1, 1].</param>
    public abstract void MapDirections(float* packet, float* u, float* v);

    /// <summary>∂L/∂density of one packet's samples.</summary>
    /// <param name="packet">The rays' rows.</param>
    /// <param name="samples">From the forward pass.</param>
    /// <param name="liveSteps">From the forward pass.</param>
    /// <param name="visible">From the forward pass.</param>
    /// <param name="gradient">Upstream, and what comes out per ray.</param>
    /// <param name="scratch">The worker's.</param>
    /// <param name="densityGrad">Receives [live steps, 16].</param>
    public abstract void BackwardPacket(
        float* packet, PacketSamples samples, int liveSteps, int visible, in PacketGradient gradient, PacketScratch scratch, float* densityGrad);

    /// <summary>Adds the gradient of every sample that touches planes first … end − 1 of the grid to the worker's slab.</summary>
    public abstract void ScatterSlab(VoxelRecords records, RenderTape tape, ColorMode mode, int firstPlane, int endPlane, PacketScratch scratch);

    /// <summary>One Adamax step of the slab's planes with the gradient in the worker's slab, which is zero afterwards.</summary>
    /// <returns>Σ density·∂L/∂density before the step.</returns>
    public abstract double StepSlab(VoxelRecords records, AdamaxState state, float correctedRate, int firstPlane, int endPlane, PacketScratch scratch);
}
