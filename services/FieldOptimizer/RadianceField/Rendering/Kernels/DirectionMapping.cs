using System.Runtime.CompilerServices;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary><see cref="SphericalMap"/> for sixteen directions at once.</summary>
internal static unsafe class DirectionMapping
{
    private const int Width = RayPackets.Width;

    /// <summary>Where a packet's rays meet the background's texture.</summary>
    /// <param name="packet">The rays.</param>
    /// <param name="u">Receives [16], in [−1, 1].</param>
    /// <param name="v">Receives [16], in [−1, 1].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Map<TLanes>(float* packet, float* u, float* v)
        where TLanes : struct, ILanes<TLanes>
    {
        float* directions = packet + RayPackets.Direction;
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TLanes x = TLanes.Load(directions + lane);
            TLanes y = TLanes.Load(directions + Width + lane);
            TLanes z = TLanes.Load(directions + (2 * Width) + lane);
            TLanes one = TLanes.Create(1);
            TLanes polar = VectorMath.Atan2(TLanes.Sqrt(TLanes.MultiplyAdd(x, x, y * y)), z);
            TLanes.MultiplyAdd(polar, TLanes.Create(2 / MathF.PI), TLanes.Create(0) - one).Store(u + lane);
            (VectorMath.Atan2(y, x) * TLanes.Create(1 / MathF.PI)).Store(v + lane);
        }

        // The sign of a zero tells the two ends of the map apart.
        for (int lane = 0; lane < Width; lane++)
        {
            if (directions[Width + lane] == 0)
            {
                (u[lane], v[lane]) = SphericalMap.FromDirection(directions[lane], directions[Width + lane], directions[(2 * Width) + lane]);
            }
        }
    }
}
