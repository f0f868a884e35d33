using System.Numerics;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

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

    /// <summary>Packets that a worker takes at a time.</summary>
    private const int Chunk = 8;

    private NativeBuffer<float> rows = NativeBuffer<float>.Empty;
    private int[] firstSamples = [];
    private int[] steps = [];

    private readonly PacketRays arrangement = new();
    private readonly Action<int> fillWork;
    private RaySource source;
    private int next;

    /// <summary>No packets.</summary>
    public RayPackets() => fillWork = FillPackets;

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
        Vector128<float> longestOfFour = Vector128<float>.Zero;
        int i = 0;
        for (; i + 4 <= rays.Count; i += 4)
        {
            longestOfFour = Vector128.Max(longestOfFour, Vector128.Create(rays.Far.Slice(i, 4)) - Vector128.Create(rays.Near.Slice(i, 4)));
        }

        float longest = MathF.Max(MathF.Max(longestOfFour[0], longestOfFour[1]), MathF.Max(longestOfFour[2], longestOfFour[3]));
        for (; i < rays.Count; i++)
        {
            longest = MathF.Max(longest, rays.Far[i] - rays.Near[i]);
        }

        float samples = longest / stepLength;
        return samples < 1_000_000 ? (int)samples + 1 : throw new ArgumentException($"Rays must have fewer than 1000000 samples, but the longest has {samples}.", nameof(rays));
    }

    /// <summary>Takes over rays in world coordinates, with the samples of packets one after the other.</summary>
    /// <param name="field">Whose grid.</param>
    /// <param name="rays">The rays.</param>
    /// <param name="stepLength">Distance between samples, world units.</param>
    /// <param name="offset">Of sample 0 from where a ray enters the box, in steps.</param>
    /// <param name="longest">Most samples of a ray.</param>
    /// <param name="team">Who do it together; null: the caller alone.</param>
    /// <returns>Samples in all, those that fill packets included.</returns>
    public long Fill(VoxelField field, RayBatch rays, float stepLength, float offset, int longest, WorkerTeam? team = null)
    {
        arrangement.Arrange(rays.Count, rays.RowLength);
        rows = rows.AtLeast(Count * Floats);
        if (steps.Length < Count)
        {
            (firstSamples, steps) = (new int[Count], new int[Count]);
        }

        fixed (float* origins = rays.Origins, directions = rays.Directions, near = rays.Near, far = rays.Far)
        {
            source = new RaySource
            {
                Origins = origins,
                Directions = directions,
                Near = near,
                Far = far,
                Min = field.Box.Min,
                Scale = new(field.Grid.X / (double)field.Box.Size.X, field.Grid.Y / (double)field.Box.Size.Y, field.Grid.Z / (double)field.Box.Size.Z),
                Grid = field.Grid,
                StepLength = stepLength,
                Offset = offset,
                Longest = longest,
            };
            next = 0;
            if (team is null)
            {
                FillPackets(0);
            }
            else
            {
                team.Run(fillWork);
            }
        }

        long total = 0;
        for (int packet = 0; packet < Count; packet++)
        {
            firstSamples[packet] = (int)Math.Min(total, int.MaxValue);
            total += steps[packet] * (long)Width;
        }

        return total;
    }

    /// <summary>What a worker does: some packets after the other, until there are none left.</summary>
    private void FillPackets(int worker)
    {
        for (int end = Interlocked.Add(ref next, Chunk); end - Chunk < Count; end = Interlocked.Add(ref next, Chunk))
        {
            for (int packet = end - Chunk; packet < Math.Min(end, Count); packet++)
            {
                SetLines(Rows(packet), Rays(packet), source);
                steps[packet] = SetCounts(Rows(packet), source.StepLength, source.Offset, source.Longest, source.Grid);
            }
        }
    }

    /// <summary>Rays' starts and slopes in the grid and directions in the world; for the time being, nearest distances in place of those of
    /// sample 0, and ranges in place of numbers of samples.</summary>
    private static void SetLines(float* rows, ReadOnlySpan<int> lanes, in RaySource rays)
    {
        if (lanes.Contains(-1))
        {
            new Span<float>(rows, Floats).Clear();
        }

        (double minX, double minY, double minZ) = (rays.Min.X, rays.Min.Y, rays.Min.Z);
        Vector3D scale = rays.Scale;
        for (int lane = 0; lane < Width; lane++)
        {
            int ray = lanes[lane];
            if (ray < 0)
            {
                continue;
            }

            float* row = rows + lane;
            float* origin = rays.Origins + (3 * ray);
            float* direction = rays.Directions + (3 * ray);
            row[Start] = (float)(((origin[0] - minX) * scale.X) + 0.5);
            row[Start + Width] = (float)(((origin[1] - minY) * scale.Y) + 0.5);
            row[Start + (2 * Width)] = (float)(((origin[2] - minZ) * scale.Z) + 0.5);
            row[Slope] = (float)(direction[0] * scale.X);
            row[Slope + Width] = (float)(direction[1] * scale.Y);
            row[Slope + (2 * Width)] = (float)(direction[2] * scale.Z);
            row[Direction] = direction[0];
            row[Direction + Width] = direction[1];
            row[Direction + (2 * Width)] = direction[2];
            row[FirstDistance] = rays.Near[ray];
            row[SampleCount] = rays.Far[ray] - rays.Near[ray];
        }
    }

    /// <summary>Rays' numbers of samples and distances of sample 0, and the steps at which all are inside: as long as each has samples if the
    /// first and last of all are, for rounding keeps the order of positions; else none. A ray without samples is moved to where it is safe.</summary>
    /// <returns>Samples of the longest ray.</returns>
    private static int SetCounts(float* rows, float stepLength, float offset, int longest, GridSize grid)
    {
        Vector128<float> most = Vector128<float>.Zero;
        Vector128<float> inside = Vector128.Create((float)int.MaxValue);
        for (float* row = rows; row < rows + Width; row += 4)
        {
            Vector128<float> samples = CountSamples(Vector128.Load(row + SampleCount), stepLength, offset, longest);
            Vector128<float> first = Vector128.Load(row + FirstDistance) + Vector128.Create(offset * stepLength);
            Vector128<float> last = Vector128.FusedMultiplyAdd(samples - Vector128<float>.One, Vector128.Create(stepLength), first);
            samples.Store(row + SampleCount);
            first.Store(row + FirstDistance);
            Vector128<float> isEmpty = Vector128.Equals(samples, Vector128<float>.Zero);
            Vector128<float> isInside = IsInside(row, isEmpty, first, last, grid.X + 1) & IsInside(row + Width, isEmpty, first, last, grid.Y + 1)
                & IsInside(row + (2 * Width), isEmpty, first, last, grid.Z + 1);
            inside = Vector128.MinNative(inside, Vector128.ConditionalSelect(isEmpty, inside, samples & isInside));
            most = Vector128.MaxNative(most, samples);
        }

        rows[StepsInside] = MathF.Min(MathF.Min(inside[0], inside[1]), MathF.Min(inside[2], inside[3]));
        return (int)MathF.Max(MathF.Max(most[0], most[1]), MathF.Max(most[2], most[3]));
    }

    /// <summary>All bits of lanes whose first and last sample are inside along one axis; rays without samples are moved to 0.</summary>
    /// <param name="row">Of starts along the axis; slopes lie behind.</param>
    /// <param name="isEmpty">All bits of rays without samples.</param>
    /// <param name="first">Distance of sample 0.</param>
    /// <param name="last">Distance of the last sample.</param>
    /// <param name="end">Where the border ends.</param>
    private static Vector128<float> IsInside(float* row, Vector128<float> isEmpty, Vector128<float> first, Vector128<float> last, float end)
    {
        Vector128<float> start = Vector128.AndNot(Vector128.Load(row + Start), isEmpty);
        Vector128<float> slope = Vector128.AndNot(Vector128.Load(row + Slope), isEmpty);
        start.Store(row + Start);
        slope.Store(row + Slope);
        Vector128<float> from = Vector128.FusedMultiplyAdd(first, slope, start);
        Vector128<float> to = Vector128.FusedMultiplyAdd(last, slope, start);
        Vector128<float> limit = Vector128.Create(end);
        return Vector128.GreaterThanOrEqual(from, Vector128<float>.Zero) & Vector128.LessThan(from, limit)
            & Vector128.GreaterThanOrEqual(to, Vector128<float>.Zero) & Vector128.LessThan(to, limit);
    }

    /// <summary>Samples i with (i + offset)·δ &lt; range, compared in float32 as the reference does.</summary>
    private static Vector128<float> CountSamples(Vector128<float> range, float stepLength, float offset, int longest)
    {
        Vector128<float> one = Vector128<float>.One;
        Vector128<float> isPositive = Vector128.GreaterThan(range, Vector128<float>.Zero);
        Vector128<float> count = Vector128.MinNative(Vector128.Floor(range / stepLength) & isPositive, Vector128.Create((float)longest));
        Vector128<float> more;
        do
        {
            more = Vector128.LessThan(count, Vector128.Create((float)longest)) & Vector128.LessThan((count + Vector128.Create(offset)) * stepLength, range);
            count += more & one;
        }
        while (more.ExtractMostSignificantBits() != 0);

        Vector128<float> less;
        do
        {
            less = Vector128.AndNot(Vector128.GreaterThan(count, Vector128<float>.Zero), Vector128.LessThan((count - one + Vector128.Create(offset)) * stepLength, range));
            count -= less & one;
        }
        while (less.ExtractMostSignificantBits() != 0);

        return count;
    }
}
