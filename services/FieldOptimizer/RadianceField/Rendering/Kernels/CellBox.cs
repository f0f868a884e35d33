using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>A box of records, the border's 0 included; both corners belong to it.</summary>
/// <param name="low">x, y, z of its first record.</param>
/// <param name="high">x, y, z of its last record.</param>
internal readonly unsafe struct CellBox(Vector128<int> low, Vector128<int> high)
{
    private const int CacheLine = 64;

    /// <summary>Of a larger box, too little is needed.</summary>
    private const int MostLines = 2048;

    /// <summary>x, y, z of the first record.</summary>
    public Vector128<int> Low => low;

    /// <summary>x, y, z of the last record.</summary>
    public Vector128<int> High => high;

    /// <summary>Fetches the box, unless it is too large.</summary>
    /// <param name="records">All of the grid's.</param>
    /// <param name="layout">Of the grid.</param>
    /// <param name="recordBytes">Bytes of a record.</param>
    public void Fetch(float* records, in RecordLayout layout, int recordBytes)
    {
        nint row = (nint)layout.RowPitch * recordBytes;
        nint plane = (nint)layout.PlanePitch * recordBytes;
        byte* first = (byte*)records + (low[0] * (nint)recordBytes) + (low[1] * row) + (low[2] * plane);
        int bytes = LinesOfRow(recordBytes) * CacheLine;
        int rows = high[1] - low[1] + 1;
        int planes = high[2] - low[2] + 1;
        if (rows * planes * (bytes / CacheLine) > MostLines)
        {
            return;
        }

        for (; planes > 0; planes--, first += plane)
        {
            byte* at = first;
            for (int i = 0; i < rows; i++, at += row)
            {
                Prefetching.Run(at, bytes);
            }
        }
    }

    /// <summary>As many as a row of records touches at most.</summary>
    private int LinesOfRow(int recordBytes) => (((high[0] - low[0]) * recordBytes) + (2 * CacheLine) - 1) / CacheLine;
}
