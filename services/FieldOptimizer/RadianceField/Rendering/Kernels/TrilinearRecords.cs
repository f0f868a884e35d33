namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Trilinear interpolation of records of any length, one component at a time.</summary>
internal static unsafe class TrilinearRecords
{
    /// <summary>As <see cref="TrilinearPairs.Gather"/>.</summary>
    public static void Gather(float* records, RecordLayout layout, SampleCells cells, int count, float* density, float* features, nint featurePitch)
    {
        nint row = layout.RowPitch;
        nint plane = layout.PlanePitch;
        for (int i = 0; i < count; i++)
        {
            float* cell = cells.At(i);
            float* corner = records + SampleCells.Offset(cell);
            float x = cell[SampleCells.X];
            for (int component = 0; component < layout.Stride; component++, corner++)
            {
                float value = ((1 - x) * Bilinear(corner, row, plane, cell)) + (x * Bilinear(corner + layout.Stride, row, plane, cell));
                *(component == 0 ? density + i : features + ((component - 1) * featurePitch) + i) = value;
            }
        }
    }

    /// <summary>Adds one sample's gradient record to its eight corners.</summary>
    public static void Scatter(float* corner, RecordLayout layout, float* cell, float* value)
    {
        float x = cell[SampleCells.X];
        for (int component = 0; component < layout.Stride; component++, corner++)
        {
            AddBilinear(corner, layout.RowPitch, layout.PlanePitch, cell, (1 - x) * value[component]);
            AddBilinear(corner + layout.Stride, layout.RowPitch, layout.PlanePitch, cell, x * value[component]);
        }
    }

    private static float Bilinear(float* corner, nint row, nint plane, float* cell) =>
        (cell[SampleCells.W00] * corner[0]) + (cell[SampleCells.W10] * corner[row]) + (cell[SampleCells.W01] * corner[plane]) + (cell[SampleCells.W11] * corner[plane + row]);

    private static void AddBilinear(float* corner, nint row, nint plane, float* cell, float value)
    {
        corner[0] += cell[SampleCells.W00] * value;
        corner[row] += cell[SampleCells.W10] * value;
        corner[plane] += cell[SampleCells.W01] * value;
        corner[plane + row] += cell[SampleCells.W11] * value;
    }
}
