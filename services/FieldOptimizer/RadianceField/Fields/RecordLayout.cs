namespace Sjc.RadianceField.Fields;

/// <summary>How the records of a grid lie in memory: a border record before each row, a border row before each plane, and a border
/// plane before the first and after the last. A record's index counts from the border's first.</summary>
internal readonly struct RecordLayout
{
    /// <summary>Records that are updated together: of four channels a cache line. A plane is a whole number of such segments.</summary>
    public const int SegmentRecords = 4;

    /// <summary>Records of a plane are a multiple of this, so that the densities of each begin on a cache line.</summary>
    private const int PlaneMultiple = 16;

    /// <summary>Records behind the last plane, which vector loads may touch.</summary>
    private const int Overrun = 32;

    /// <summary>The layout of a grid.</summary>
    public RecordLayout(GridSize grid)
    {
        Grid = grid;
        RowPitch = grid.X + 1;
        PlanePitch = (((grid.Y + 1) * RowPitch) + PlaneMultiple - 1) & ~(PlaneMultiple - 1);
    }

    /// <summary>The voxels.</summary>
    public GridSize Grid { get; }

    /// <summary>Records between neighbours in y.</summary>
    public int RowPitch { get; }

    /// <summary>Records between neighbours in z; a multiple of sixteen.</summary>
    public int PlanePitch { get; }

    /// <summary>Segments of a plane.</summary>
    public int PlaneSegments => PlanePitch / SegmentRecords;

    /// <summary>Records of all planes, the border's included.</summary>
    public long RecordCount => RecordsOf(Grid.Z);

    /// <summary>Records of <paramref name="planes"/> planes with one of border on each side, and what a vector may touch behind them.</summary>
    public long RecordsOf(int planes) => ((planes + 2L) * PlanePitch) + RowPitch + PlaneMultiple + Overrun;

    /// <summary>A record's index; each coordinate in [−1, extent].</summary>
    public int Index(int x, int y, int z) => ((z + 1) * PlanePitch) + ((y + 1) * RowPitch) + x + 1;
}
