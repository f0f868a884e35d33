using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>How the records of a grid lie in memory: a border record before each row, a border row before each plane, and a border
/// plane before the first and after the last; offsets count floats from the border's first record.</summary>
internal readonly struct RecordLayout
{
    /// <summary>A layout with <paramref name="stride"/> floats per record.</summary>
    public RecordLayout(GridSize grid, int stride)
    {
        Grid = grid;
        Stride = stride;
        RowPitch = (grid.X + 1) * stride;
        PlanePitch = (grid.Y + 1) * RowPitch;
    }

    /// <summary>The voxels.</summary>
    public GridSize Grid { get; }

    /// <summary>Floats per record.</summary>
    public int Stride { get; }

    /// <summary>Floats between neighbours in y.</summary>
    public int RowPitch { get; }

    /// <summary>Floats between neighbours in z.</summary>
    public int PlanePitch { get; }

    /// <summary>Where a record begins; each index in [−1, extent].</summary>
    public int Offset(int x, int y, int z) => ((z + 1) * PlanePitch) + ((y + 1) * RowPitch) + ((x + 1) * Stride);
}
