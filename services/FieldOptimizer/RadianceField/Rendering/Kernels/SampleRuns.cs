using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>What a chunk's samples add to the corners of their cells. A run is what one ray leaves in one cell: its samples are summed
/// up in registers, and the sums stand at the last of them.</summary>
internal readonly unsafe struct SampleRuns(float* memory)
{
    /// <summary>Floats of memory.</summary>
    public const int Floats = (10 * ChunkSamples) + (3 * Width);

    /// <summary>From the corners of a run's front face to those of its back.</summary>
    public const int FacePitch = 4 * ChunkSamples;

    private const int Width = RayPackets.Width;
    private const int ChunkSamples = SampleCells.ChunkSamples;

    /// <summary>The sums at the eight corners: of the front face (y₀x₀, y₀x₁, y₁x₀, y₁x₁) and of the back, [2, steps, places, 4].</summary>
    public float* Corners => memory;

    /// <summary>The runs, by their last samples: 16·step + place, as <see cref="List"/> arranges them.</summary>
    public int* Samples => (int*)memory + (8 * ChunkSamples);

    /// <summary>The runs' cells, in the same order.</summary>
    public int* Cells => Samples + ChunkSamples + Width;

    /// <summary>Per step a bit for each ray with a run that ends there.</summary>
    public uint* Masks => (uint*)Cells + ChunkSamples + Width;

    /// <summary>Where the corners of a lane of sixteen stand, and which lane's stand at a place: 0, 4, 8, 12, 1, 5 …, as transposing leaves them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Place(int lane) => ((lane & 3) << 2) | (lane >> 2);

    /// <summary>Marks the samples of a step: a run goes on where the cell is that of the step before.</summary>
    /// <param name="step">Of the chunk.</param>
    /// <param name="lane">The first lane.</param>
    /// <param name="mask">Lanes with a value.</param>
    /// <param name="same">Lanes whose cell is that of the step before.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Mark(int step, int lane, uint mask, uint same)
    {
        uint* masks = Masks;
        if (step > 0)
        {
            same &= masks[step - 1] >> lane;
            masks[step - 1] &= ~(same << lane);
            mask |= same;
        }

        masks[step] = lane == 0 ? mask : masks[step] | (mask << lane);
    }

    /// <summary>Whether these runs end at the same samples as others.</summary>
    /// <param name="other">Of the same chunk.</param>
    /// <param name="steps">Of the chunk.</param>
    public bool HasMasksOf(SampleRuns other, int steps) => new ReadOnlySpan<uint>(Masks, steps).SequenceEqual(new ReadOnlySpan<uint>(other.Masks, steps));

    /// <summary>Lists the runs such that neighbours in the list lie far apart in the grid: what one adds to a corner has long been stored
    /// when another adds to it. Rays of neighbouring pixels, four lanes apart, are four steps apart in the list.</summary>
    /// <param name="steps">Of the chunk.</param>
    /// <param name="index">Of the chunk's cells.</param>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int List(int steps, int* index)
    {
        uint* masks = Masks;
        int* samples = Samples;
        int* cells = Cells;
        new Span<uint>(masks + steps, SampleCells.ChunkSteps - steps).Clear();
        int count = 0;
        for (int turn = 0; turn < SampleCells.ChunkSteps; turn++)
        {
            uint mask = (masks[turn] & 0xF) | (masks[(turn + 4) % SampleCells.ChunkSteps] & 0xF0)
                | (masks[(turn + 8) % SampleCells.ChunkSteps] & 0xF00) | (masks[(turn + 12) % SampleCells.ChunkSteps] & 0xF000);
            if (Avx512F.IsSupported)
            {
                Vector512<int> lanes = Vector512<int>.Indices;
                Vector512<int> chosen = Avx512F.ShiftRightLogicalVariable(Vector512.Create((int)mask), lanes.AsUInt32());
                chosen = Vector512.Equals(chosen & Vector512<int>.One, Vector512<int>.One);
                Vector512<int> step = (Vector512.Create(turn) + (lanes & Vector512.Create(12))) & Vector512.Create(SampleCells.ChunkSteps - 1);
                Vector512<int> places = Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
                Avx512F.Compress(Vector512<int>.Zero, chosen, Vector512.ShiftLeft(step, 4) + places).Store(samples + count);
                Avx512F.Compress(Vector512<int>.Zero, chosen, Diagonal(index, turn)).Store(cells + count);
                count += BitOperations.PopCount(mask);
                continue;
            }

            for (; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                int first = ((turn + (lane & 12)) % SampleCells.ChunkSteps) * Width;
                samples[count] = first + Place(lane);
                cells[count++] = index[first + lane];
            }
        }

        return count;
    }

    /// <summary>The values of lanes 0 … 3 at step <paramref name="turn"/>, of the next four lanes four steps later, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Diagonal(int* index, int turn)
    {
        const int Last = SampleCells.ChunkSteps - 1;
        return Vector512.Create(
            Vector256.Create(Vector128.Load(index + (turn * Width)), Vector128.Load(index + (((turn + 4) & Last) * Width) + 4)),
            Vector256.Create(Vector128.Load(index + (((turn + 8) & Last) * Width) + 8), Vector128.Load(index + (((turn + 12) & Last) * Width) + 12)));
    }
}
