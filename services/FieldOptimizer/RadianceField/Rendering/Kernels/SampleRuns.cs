using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>What a chunk's samples add to the corners of their cells. A run is what one ray leaves in one cell: its samples are summed
/// up in registers, and the sums stand at the last of them.</summary>
internal readonly unsafe struct SampleRuns(float* memory)
{
    /// <summary>Floats of memory.</summary>
    public const int Floats = (9 * ChunkSamples) + (2 * Width);

    /// <summary>From the corners of a run's front face to those of its back.</summary>
    public const int FacePitch = 4 * ChunkSamples;

    // A listed run: in the lower half from the first corner to its own, in the upper from the chunk's first cell to its own, both in bytes.
    private const int CornerBytes = 4 * sizeof(float);
    private const int CellShift = 16;
    private const int StepStride = Width * (CornerBytes + (sizeof(int) << CellShift));
    private const int LaneStride = sizeof(int) << CellShift;

    private const int Width = RayPackets.Width;
    private const int ChunkSamples = SampleCells.ChunkSamples;

    /// <summary>The sums at the eight corners, in the places of <see cref="QuadOrder"/>: of the front face (y₀x₀, y₀x₁, y₁x₀, y₁x₁; of densities the middle two the other way round) and of the back, [2, steps, places, 4].</summary>
    public float* Corners => memory;

    /// <summary>The runs, by their last samples, as <see cref="List"/> arranges them.</summary>
    public uint* Listed => (uint*)memory + (8 * ChunkSamples);

    /// <summary>Per step a bit for each ray with a run that ends there.</summary>
    public uint* Masks => Listed + ChunkSamples + Width;

    /// <summary>The sums of a listed run at the front face's corners.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* CornersOf(float* corners, uint run) => (float*)((byte*)corners + (ushort)run);

    /// <summary>The cell of a listed run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint CellOf(int* index, uint run) => *(int*)((byte*)index + (run >> CellShift));

    /// <summary>The place of a listed run's ray.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint PlaceOf(uint run) => (nint)(run / CornerBytes % Width);

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
    public bool HasMasksOf(SampleRuns other, int steps) => steps == SampleCells.ChunkSteps
        ? Vector512.Load(Masks) == Vector512.Load(other.Masks)
        : new ReadOnlySpan<uint>(Masks, steps).SequenceEqual(new ReadOnlySpan<uint>(other.Masks, steps));

    /// <summary>Lists the runs such that neighbours in the list lie far apart in the grid: what one adds to a corner has long been stored
    /// when another adds to it. Rays of neighbouring pixels, four lanes apart, are four steps apart in the list.</summary>
    /// <param name="steps">Of the chunk.</param>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int List(int steps)
    {
        uint* listed = Listed;
        uint* turns = stackalloc uint[SampleCells.ChunkSteps];
        new Span<uint>(Masks + steps, SampleCells.ChunkSteps - steps).Clear();
        TakeTurns(Masks, turns);
        int count = 0;
        if (Avx512F.IsSupported)
        {
            Vector512<uint> lanes = Vector512<uint>.Indices;
            Vector512<uint> bits = Avx512F.ShiftLeftLogicalVariable(Vector512<uint>.One, lanes);
            Vector512<uint> run = (lanes & Vector512.Create(12u)) * StepStride;
            Vector512<uint> steppers = Vector512.Create((uint)((SampleCells.ChunkSteps - 1) * StepStride));
            Vector512<uint> places = (Vector512.ShiftLeft(lanes & Vector512.Create(3u), 2) | Vector512.ShiftRightLogical(lanes, 2)) * CornerBytes;
            Vector512<uint> inStep = places + (lanes * LaneStride);
            for (int turn = 0; turn < SampleCells.ChunkSteps; turn++)
            {
                Vector512<uint> chosen = Vector512.Equals(Vector512.Create(turns[turn]) & bits, bits);
                Avx512F.Compress(Vector512<uint>.Zero, chosen, run | inStep).Store(listed + count);
                count += BitOperations.PopCount(turns[turn]);
                run = (run + Vector512.Create((uint)StepStride)) & steppers;
            }

            return count;
        }

        for (int turn = 0; turn < SampleCells.ChunkSteps; turn++)
        {
            for (uint mask = turns[turn]; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                int step = (turn + (lane & 12)) % SampleCells.ChunkSteps;
                listed[count++] = (uint)((step * StepStride) + (QuadOrder.Place(lane) * CornerBytes) + (lane * LaneStride));
            }
        }

        return count;
    }

    /// <summary>Per turn the bits of lanes 0 … 3 at its step, of the next four lanes four steps later, and so on.</summary>
    private static void TakeTurns(uint* masks, uint* turns)
    {
        Vector128<uint> a = Vector128.Load(masks);
        Vector128<uint> b = Vector128.Load(masks + 4);
        Vector128<uint> c = Vector128.Load(masks + 8);
        Vector128<uint> d = Vector128.Load(masks + 12);
        Diagonal(a, b, c, d).Store(turns);
        Diagonal(b, c, d, a).Store(turns + 4);
        Diagonal(c, d, a, b).Store(turns + 8);
        Diagonal(d, a, b, c).Store(turns + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Diagonal(Vector128<uint> first, Vector128<uint> second, Vector128<uint> third, Vector128<uint> fourth) =>
        (first & Vector128.Create(0xFu)) | (second & Vector128.Create(0xF0u)) | (third & Vector128.Create(0xF00u)) | (fourth & Vector128.Create(0xF000u));
}
