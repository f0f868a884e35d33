using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Fields;

/// <summary>Cells of a field in which no sample has any opacity in float32: pictures for looking at skip them and have the same bits.</summary>
/// <remarks>A cell lies between eight voxels; interpolation cannot exceed the greatest of them. Where softplus of it times the step is
/// below 2⁻²⁵, exp(−σδ) rounds to 1, and the sample's weight is 0. Cells without a voxel of the field's mask are empty too.</remarks>
internal sealed unsafe class EmptyCells
{
    // Half of 2⁻²⁵: room for the rounding of interpolation and softplus.
    private const double TransparentDepth = 1.4901161193847656e-8;

    // Interpolation from further below rounds by more than that room.
    private const float LeastDensity = -1e6f;

    private readonly NativeBuffer<byte> empty;

    /// <summary>The empty cells of a field as it is now.</summary>
    /// <param name="field">The field.</param>
    /// <param name="stepLength">δ, world units.</param>
    public EmptyCells(VoxelField field, float stepLength)
    {
        RecordLayout layout = field.Voxels.Layout;
        empty = new NativeBuffer<byte>((int)layout.RecordCount, zero: true);
        float bound = TransparentDensity(field, stepLength);
        if (bound > float.NegativeInfinity)
        {
            Mark(field.Voxels.Densities, layout, bound);
        }

        if (field.Mask is { } mask)
        {
            MarkHidden(mask.Cells);
        }

        Blocks = new OccupiedBlocks(layout, empty.Pointer, empty: 1);
        GC.KeepAlive(field.Voxels);
    }

    /// <summary>Blocks with cells that are not empty.</summary>
    public OccupiedBlocks Blocks { get; }

    /// <summary>1 for empty cells, by the record of their lower corner.</summary>
    public byte* Pointer => empty.Pointer;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            int count = empty.Span.Count((byte)1);
            GC.KeepAlive(this);
            return count;
        }
    }

    /// <summary>Below this density (before scale and shift) a sample has no opacity.</summary>
    private static float TransparentDensity(VoxelField field, float stepLength)
    {
        // softplus(x) = log(1 + eˣ) < eˣ.
        double x = Math.Log(TransparentDepth / stepLength);
        double density = (x - field.DensityShift) / Math.Exp(field.DensityScale);
        return double.IsFinite(density) ? (float)(density - (1e-5 * Math.Abs(density))) : float.NegativeInfinity;
    }

    private void Mark(float* density, in RecordLayout layout, float bound)
    {
        int end = (int)layout.RecordCount - layout.PlanePitch - layout.RowPitch - 1;
        for (int i = 0; i < end; i++)
        {
            float* a = density + i;
            float* b = a + layout.PlanePitch;
            empty.Pointer[i] = IsBelow(a, layout.RowPitch, bound) && IsBelow(b, layout.RowPitch, bound) ? (byte)1 : (byte)0;
        }
    }

    private void MarkHidden(MaskCells mask)
    {
        for (int i = 0; i < empty.Length; i++)
        {
            empty.Pointer[i] |= mask.Pointer[i] == 0 ? (byte)1 : (byte)0;
        }

        GC.KeepAlive(mask);
    }

    private static bool IsBelow(float* corner, int row, float bound) =>
        IsBetween(corner[0], bound) && IsBetween(corner[1], bound) && IsBetween(corner[row], bound) && IsBetween(corner[row + 1], bound);

    private static bool IsBetween(float density, float bound) => density < bound && density > LeastDensity;
}
