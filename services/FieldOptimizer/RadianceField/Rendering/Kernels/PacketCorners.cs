using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The rays at the corners of a packet's tile, each as one vector over the axes, and the boxes of cells that the packet crosses.</summary>
/// <remarks>Only good for fetching ahead: a ray beyond the corners, or one that stands in for a corner without samples, leaves cells out.</remarks>
internal readonly unsafe struct PacketCorners
{
    // Lanes of a tile's corners, by PacketRays.
    private const int First = 0;
    private const int Second = 5;
    private const int Third = 10;
    private const int Fourth = 15;

    private readonly Vector128<float> start0;
    private readonly Vector128<float> start1;
    private readonly Vector128<float> start2;
    private readonly Vector128<float> start3;
    private readonly Vector128<float> slope0;
    private readonly Vector128<float> slope1;
    private readonly Vector128<float> slope2;
    private readonly Vector128<float> slope3;
    private readonly float stepLength;
    private readonly Vector128<int> end;

    /// <summary>The corners of a packet.</summary>
    public PacketCorners(float* packet, float stepLength, in RecordLayout layout)
    {
        int other = FirstWithSamples(packet);
        (start0, slope0) = Ray(packet, First, other);
        (start1, slope1) = Ray(packet, Second, other);
        (start2, slope2) = Ray(packet, Third, other);
        (start3, slope3) = Ray(packet, Fourth, other);
        this.stepLength = stepLength;
        end = Vector128.Create(layout.Grid.X + 1, layout.Grid.Y + 1, layout.Grid.Z + 1, 0);
    }

    /// <summary>The cells between two steps and their upper corners.</summary>
    public CellBox Between(int firstStep, int lastStep)
    {
        Vector128<float> near = Vector128.Create(firstStep * stepLength);
        Vector128<float> far = Vector128.Create(lastStep * stepLength);
        (Vector128<float> low, Vector128<float> high) = Span(start0, slope0, near, far);
        Include(start1, slope1, near, far, ref low, ref high);
        Include(start2, slope2, near, far, ref low, ref high);
        Include(start3, slope3, near, far, ref low, ref high);
        return new CellBox(Clamp(Vector128.ConvertToInt32Native(low)), Clamp(Vector128.ConvertToInt32Native(high) + Vector128<int>.One));
    }

    private static int FirstWithSamples(float* packet)
    {
        int lane = 0;
        while (lane < RayPackets.Width - 1 && packet[RayPackets.SampleCount + lane] == 0)
        {
            lane++;
        }

        return lane;
    }

    /// <summary>Position of sample 0 and slope of a ray, or of another one where that has no samples.</summary>
    private static (Vector128<float> Start, Vector128<float> Slope) Ray(float* packet, int lane, int other)
    {
        float* ray = packet + (packet[RayPackets.SampleCount + lane] == 0 ? other : lane);
        float* start = ray + RayPackets.Start;
        float* slope = ray + RayPackets.Slope;
        Vector128<float> slopes = Vector128.Create(slope[0], slope[RayPackets.Width], slope[2 * RayPackets.Width], 0);
        Vector128<float> starts = Vector128.Create(start[0], start[RayPackets.Width], start[2 * RayPackets.Width], 0);
        return ((slopes * ray[RayPackets.FirstDistance]) + starts, slopes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Span(Vector128<float> start, Vector128<float> slope, Vector128<float> near, Vector128<float> far)
    {
        Vector128<float> a = (slope * near) + start;
        Vector128<float> b = (slope * far) + start;
        return (Vector128.MinNative(a, b), Vector128.MaxNative(a, b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Include(Vector128<float> start, Vector128<float> slope, Vector128<float> near, Vector128<float> far, ref Vector128<float> low, ref Vector128<float> high)
    {
        (Vector128<float> lower, Vector128<float> higher) = Span(start, slope, near, far);
        low = Vector128.MinNative(low, lower);
        high = Vector128.MaxNative(high, higher);
    }

    private Vector128<int> Clamp(Vector128<int> cell) => Vector128.Min(Vector128.Max(cell, Vector128<int>.Zero), end);
}
