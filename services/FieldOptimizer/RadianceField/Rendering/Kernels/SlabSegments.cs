namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Which segments of a slab's feature gradient are not zero, from the cells that samples touched.</summary>
internal readonly unsafe ref struct SlabSegments(RecordLayout layout, PacketScratch scratch)
{
    private readonly byte* touched = scratch.Touched;
    private readonly int rowPitch = layout.RowPitch;
    private readonly int planePitch = layout.PlanePitch;

    /// <summary>Whether a cell that samples touched has a corner in a segment.</summary>
    /// <param name="segment">Counted from the slab's first, the halo's.</param>
    public bool IsTouched(int segment)
    {
        int record = segment * RecordLayout.SegmentRecords;
        return (Cells(record) | Cells(record - rowPitch) | Cells(record - planePitch) | Cells(record - planePitch - rowPitch)) != 0;
    }

    /// <summary>Cells with a left or right corner in records record … record + 15.</summary>
    private int Cells(int record)
    {
        int first = (record - 1) >> 4;
        int last = (record + RecordLayout.SegmentRecords - 1) >> 4;
        int any = 0;
        for (int i = Math.Max(first, 0); i <= last; i++)
        {
            any |= touched[i];
        }

        return any;
    }
}
