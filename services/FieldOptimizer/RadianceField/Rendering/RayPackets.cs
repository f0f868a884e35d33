using System.Numerics;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Rendering;

/// <summary>Rays in the grid's coordinates, where voxel i's centre is at i + 1 and the border's at 0, in packets of sixteen:
/// position(s) = start + s·slope at distance s from the eye. Each quantity of a packet is a row of sixteen floats; a packet is filled up with empty rays.</summary>
internal sealed unsafe class RayPackets
{
    /// <summary>Rays per packet: one per lane of the widest vectors.</summary>
    public const int Width = 16;

    /// <summary>Floats from a packet's first to its rows: start x, y, z; slope x, y, z; distance of sample 0; number of samples; direction
    /// x, y, z; and the number of steps at which all rays are in the grid or its border.</summary>
    public const int Start = 0;
    public const int Slope = 3 * Width;
    public const int FirstDistance = 6 * Width;
    public const int SampleCount = 7 * Width;
    public const int Direction = 8 * Width;
    public const int StepsInside = 11 * Width;

    private const int Floats = 12 * Width;

    private NativeBuffer<float> rows = NativeBuffer<float>.Empty;
    private int[] firstSamples = [];
    private int[] steps = [];

    private readonly PacketRays arrangement = new();

    /// <summary>Packets.</summary>
    public int Count => arrangement.Count;

    /// <summary>The ray of each lane of a packet; −1 where nothing but filling is.</summary>
    public ReadOnlySpan<int> Rays(int packet) => arrangement.Of(packet);

    /// <summary>A packet's rows.</summary>
    public float* Rows(int packet) => rows.Pointer + (packet * Floats);

    /// <summary>Where the packet's samples begin in the tape.</summary>
    public int FirstSample(int packet) => firstSamples[packet];

    /// <summary>Samples of the packet's longest ray.</summary>
    public int Steps(int packet) => steps[packet];

    /// <summary>k = ⌊max(far − near)/δ⌋ + 1 over all rays, in float32 as in the reference.</summary>
    public static int LongestSampleCount(RayBatch rays, float stepLength)
    {
        float longest = 0;
        for (int i = 0; i < rays.Count; i++)
        {
            longest = MathF.Max(longest, rays.Far[i] - rays.Near[i]);
        }

        float samples = longest / stepLength;
        return samples < 1_000_000 ? (int)samples + 1 : throw new ArgumentException($"Rays must have fewer than 1000000 samples, but the longest has {samples}.", nameof(rays));
    }

    /// <summary>Takes over rays in world coordinates, with the samples of packets one after the other.</summary>
    /// <returns>Samples in all, those that fill packets included.</returns>
    public long Fill(VoxelField field, RayBatch rays, float stepLength, float offset, int longest)
    {
        arrangement.Arrange(rays.Count, rays.RowLength);
        rows = rows.AtLeast(Count * Floats);
        if (steps.Length < Count)
        {
            (firstSamples, steps) = (new int[Count], new int[Count]);
        }

        Vector3D scale = new(field.Grid.X / (double)field.Box.Size.X, field.Grid.Y / (double)field.Box.Size.Y, field.Grid.Z / (double)field.Box.Size.Z);
        long total = 0;
        for (int packet = 0; packet < Count; packet++)
        {
            int longestOfPacket = 0;
            int stepsInside = int.MaxValue;
            new Span<float>(Rows(packet), Floats).Clear();
            ReadOnlySpan<int> lanes = Rays(packet);
            for (int lane = 0; lane < Width; lane++)
            {
                int i = lanes[lane];
                if (i < 0)
                {
                    continue;
                }

                float* row = Rows(packet) + lane;
                SetLine(row, rays.Origins.Slice(3 * i, 3), rays.Directions.Slice(3 * i, 3), field.Box.Min, scale);
                int samples = CountSamples(rays.Far[i] - rays.Near[i], stepLength, offset, longest);
                row[SampleCount] = samples;
                row[FirstDistance] = rays.Near[i] + (offset * stepLength);
                stepsInside = Math.Min(stepsInside, CountInside(row, samples, stepLength, field.Grid));
                longestOfPacket = Math.Max(longestOfPacket, samples);
            }

            Rows(packet)[StepsInside] = stepsInside;
            firstSamples[packet] = (int)Math.Min(total, int.MaxValue);
            steps[packet] = longestOfPacket;
            total += longestOfPacket * Width;
        }

        return total;
    }

    /// <summary>A ray's start and slope in the grid, and its direction in the world.</summary>
    private static void SetLine(float* row, ReadOnlySpan<float> origin, ReadOnlySpan<float> direction, Vector3 min, Vector3D scale)
    {
        row[Start] = (float)(((origin[0] - (double)min.X) * scale.X) + 0.5);
        row[Start + Width] = (float)(((origin[1] - (double)min.Y) * scale.Y) + 0.5);
        row[Start + (2 * Width)] = (float)(((origin[2] - (double)min.Z) * scale.Z) + 0.5);
        row[Slope] = (float)(direction[0] * scale.X);
        row[Slope + Width] = (float)(direction[1] * scale.Y);
        row[Slope + (2 * Width)] = (float)(direction[2] * scale.Z);
        row[Direction] = direction[0];
        row[Direction + Width] = direction[1];
        row[Direction + (2 * Width)] = direction[2];
    }

    /// <summary>Steps at which a ray is inside: as long as it has samples if its first and last one are, for rounding keeps the order of
    /// positions; else none. A ray without samples is moved to where it is safe.</summary>
    private static int CountInside(float* row, int samples, float stepLength, GridSize grid)
    {
        if (samples == 0)
        {
            for (int axis = 0; axis < 3 * Width; axis += Width)
            {
                (row[Start + axis], row[Slope + axis]) = (0, 0);
            }

            return int.MaxValue;
        }

        float last = MathF.FusedMultiplyAdd(samples - 1, stepLength, row[FirstDistance]);
        return IsInside(row, 0, last, grid.X + 1) && IsInside(row, Width, last, grid.Y + 1) && IsInside(row, 2 * Width, last, grid.Z + 1) ? samples : 0;
    }

    private static bool IsInside(float* row, int axis, float lastDistance, float end)
    {
        float first = MathF.FusedMultiplyAdd(row[FirstDistance], row[Slope + axis], row[Start + axis]);
        float last = MathF.FusedMultiplyAdd(lastDistance, row[Slope + axis], row[Start + axis]);
        return first >= 0 && first < end && last >= 0 && last < end;
    }

    /// <summary>Samples i with (i + offset)·δ &lt; range, compared in float32 as the reference does.</summary>
    private static int CountSamples(float range, float stepLength, float offset, int longest)
    {
        if (!(range > 0))
        {
            return 0;
        }

        int count = Math.Clamp((int)(range / stepLength), 0, longest);
        while (count < longest && (count + offset) * stepLength < range)
        {
            count++;
        }

        while (count > 0 && !((count - 1 + offset) * stepLength < range))
        {
            count--;
        }

        return count;
    }
}
