using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The cells that a stretch of a packet may touch: as <see cref="SampleCells"/> locates them, from its first and last steps, for rounding
/// keeps the order of positions.</summary>
internal static unsafe class PacketBounds
{
    private const int Width = RayPackets.Width;

    /// <summary>Whether blocks tell that no sample of a stretch counts.</summary>
    /// <param name="blocks">Of the cells that count.</param>
    /// <param name="packet">The rays.</param>
    /// <param name="stepLength">Distance between samples, world units.</param>
    /// <param name="layout">Of the grid.</param>
    /// <param name="firstStep">The first.</param>
    /// <param name="lastStep">The last.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool AreEmpty<TLanes>(OccupiedBlocks blocks, float* packet, float stepLength, in RecordLayout layout, int firstStep, int lastStep)
        where TLanes : struct, ILanes<TLanes>
    {
        float* lows = stackalloc float[3 * Width];
        float* highs = stackalloc float[3 * Width];
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            float* ray = packet + lane;
            TLanes step = TLanes.Create(stepLength);
            TLanes origin = TLanes.Load(ray + RayPackets.FirstDistance);
            TLanes near = TLanes.MultiplyAdd(TLanes.Create(firstStep), step, origin);
            TLanes far = TLanes.MultiplyAdd(TLanes.Create(lastStep), step, origin);
            for (int axis = 0; axis < 3; axis++)
            {
                TLanes start = TLanes.Load(ray + RayPackets.Start + (axis * Width));
                TLanes slope = TLanes.Load(ray + RayPackets.Slope + (axis * Width));
                TLanes a = TLanes.MultiplyAdd(near, slope, start);
                TLanes b = TLanes.MultiplyAdd(far, slope, start);
                TLanes.Min(a, b).Store(lows + (axis * Width) + lane);
                TLanes.Max(a, b).Store(highs + (axis * Width) + lane);
            }
        }

        Vector128<float> low = Vector128.Create(Least(lows), Least(lows + Width), Least(lows + (2 * Width)), 0);
        Vector128<float> high = Vector128.Create(Greatest(highs), Greatest(highs + Width), Greatest(highs + (2 * Width)), 0);
        if (!Vector128.LessThanOrEqualAll(low, high))
        {
            return false; // not a number
        }

        Vector128<int> end = Vector128.Create(layout.Grid.X, layout.Grid.Y, layout.Grid.Z, 0);
        return blocks.AreEmpty(Clamp(low, end), Clamp(high, end));
    }

    private static float Least(float* values)
    {
        Vector128<float> least = Vector128.Min(
            Vector128.Min(Vector128.Load(values), Vector128.Load(values + 4)), Vector128.Min(Vector128.Load(values + 8), Vector128.Load(values + 12)));
        return MathF.Min(MathF.Min(least[0], least[1]), MathF.Min(least[2], least[3]));
    }

    private static float Greatest(float* values)
    {
        Vector128<float> greatest = Vector128.Max(
            Vector128.Max(Vector128.Load(values), Vector128.Load(values + 4)), Vector128.Max(Vector128.Load(values + 8), Vector128.Load(values + 12)));
        return MathF.Max(MathF.Max(greatest[0], greatest[1]), MathF.Max(greatest[2], greatest[3]));
    }

    private static Vector128<int> Clamp(Vector128<float> position, Vector128<int> end) =>
        Vector128.Min(Vector128.Max(Vector128.ConvertToInt32(Vector128.Floor(position)), Vector128<int>.Zero), end);
}
