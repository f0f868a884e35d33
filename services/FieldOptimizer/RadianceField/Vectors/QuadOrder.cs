using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Vectors;

/// <summary>The order in which transposing four vectors of sixteen lanes leaves the lanes' quads.</summary>
internal static class QuadOrder
{
    /// <summary>Where the quad of a lane of sixteen stands, and which lane's stands at a place: 0, 4, 8, 12, 1, 5 ….</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Place(int lane) => ((lane & 3) << 2) | (lane >> 2);
}
