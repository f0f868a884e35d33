namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Trilinear interpolation of records of any length, one component at a time.</summary>
internal static unsafe class TrilinearRecords
{
    /// <summary>As <see cref="TrilinearPairs.Gather"/>.</summary>
    public static void Gather(float* records, int stride, int rowPitch, int planePitch, SampleCells cells, int count, float* density, float* features, int featurePitch)
    {
        for (int i = 0; i < count; i++)
        {
            float* corner = records + cells.Offsets[i];
            float x = cells.X[i];
            for (int component = 0; component < stride; component++, corner++)
            {
                float near = (cells.W00[i] * corner[0]) + (cells.W10[i] * corner[rowPitch]) + (cells.W01[i] * corner[planePitch]) + (cells.W11[i] * corner[planePitch + rowPitch]);
                float* next = corner + stride;
                float far = (cells.W00[i] * next[0]) + (cells.W10[i] * next[rowPitch]) + (cells.W01[i] * next[planePitch]) + (cells.W11[i] * next[planePitch + rowPitch]);
                float value = ((1 - x) * near) + (x * far);
                *(component == 0 ? density + i : features + ((component - 1) * (nint)featurePitch) + i) = value;
            }
        }
    }

    /// <summary>Adds one sample's gradient record to its eight corners.</summary>
    public static void Scatter(float* corner, int stride, int rowPitch, int planePitch, SampleCells cells, int i, float* value)
    {
        float x = cells.X[i];
        for (int component = 0; component < stride; component++, corner++)
        {
            float near = (1 - x) * value[component];
            float far = x * value[component];
            float* next = corner + stride;
            corner[0] += cells.W00[i] * near;
            corner[rowPitch] += cells.W10[i] * near;
            corner[planePitch] += cells.W01[i] * near;
            corner[planePitch + rowPitch] += cells.W11[i] * near;
            next[0] += cells.W00[i] * far;
            next[rowPitch] += cells.W10[i] * far;
            next[planePitch] += cells.W01[i] * far;
            next[planePitch + rowPitch] += cells.W11[i] * far;
        }
    }
}
