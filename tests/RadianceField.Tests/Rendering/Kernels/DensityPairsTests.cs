using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Tests.Rendering.Kernels;

public sealed unsafe class DensityPairsTests
{
    [Theory]
    [InlineData(5, 4, 3)]
    [InlineData(1, 1, 1)]
    [InlineData(33, 7, 2)]
    public void Sum_FacesOfEveryCell_IsWhatRowsHave(int width, int height, int planes)
    {
        RecordLayout layout = new(new GridSize(width, height, planes));
        float[] rows = new float[layout.RecordsOf(planes)];
        float[] pairs = new float[DensityPairs.Floats * rows.Length];
        fixed (float* row = rows, pair = pairs)
        {
            // Whole numbers: their sums are exact in any order.
            float* face = stackalloc float[4];
            int value = 0;
            for (int z = -1; z <= planes; z++)
            {
                for (int y = -1; y < height; y++)
                {
                    for (int x = -1; x < width; x++)
                    {
                        for (int corner = 0; corner < 4; corner++)
                        {
                            face[corner] = ++value;
                        }

                        int record = layout.Index(x, y, z);
                        DensityRows.Add(row + record, sizeof(float) * layout.RowPitch, face);
                        DensityPairs.Add(pair + (DensityPairs.Floats * record), sizeof(float) * layout.RowPitch, face);
                    }
                }
            }

            DensityPairs.Sum(pair, layout, planes);
        }

        for (int z = 0; z < planes; z++)
        {
            for (int y = 0; y < height; y++)
            {
                int first = layout.Index(0, y, z);
                Assert.Equal(rows.AsSpan(first, width), pairs.AsSpan(first, width));
            }
        }
    }
}
