using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>A slab's density gradients while samples are added: two per record, what cells of its own row have left at it, and what they
/// have left at the record a row further in y. So the four corners of a face, neighbours in x, lie side by side.</summary>
internal readonly unsafe struct DensityPairs : IDensityFaces
{
    private const int Together = 16;

    public static int Floats => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* corner, nint row, float* face) => (Vector128.Load(corner) + Vector128.Load(face)).Store(corner);

    /// <summary>Sums up the pairs of whole planes in place, one float a record: each sum comes to lie before all pairs that are still needed.</summary>
    /// <param name="slab">From record 0 of the halo on: pairs, and from the first plane behind the halo on the sums.</param>
    /// <param name="layout">Of the grid.</param>
    /// <param name="planes">Behind the halo.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Sum(float* slab, in RecordLayout layout, int planes)
    {
        float* before = slab - (Floats * layout.RowPitch);
        int end = (planes + 1) * layout.PlanePitch;
        for (int record = layout.PlanePitch; record < end; record += Together)
        {
            SumSixteen(slab + (Floats * record), before + (Floats * record), slab + record);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumSixteen(float* own, float* before, float* sums)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<int> even = Vector512<int>.Indices * 2;
            Vector512<int> odd = even + Vector512<int>.One;
            Vector512<float> lower = Avx512F.PermuteVar16x32x2(Vector512.Load(own), even, Vector512.Load(own + Together));
            Vector512<float> upper = Avx512F.PermuteVar16x32x2(Vector512.Load(before), odd, Vector512.Load(before + Together));
            (lower + upper).Store(sums);
            return;
        }

        for (int i = 0; i < Together; i += 4)
        {
            Four(own + (Floats * i), before + (Floats * i)).Store(sums + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(float* own, float* before) => Sse.IsSupported
        ? Sse.Shuffle(Vector128.Load(own), Vector128.Load(own + 4), 0b10_00_10_00) + Sse.Shuffle(Vector128.Load(before), Vector128.Load(before + 4), 0b11_01_11_01)
        : Vector128.Create(own[0] + before[1], own[2] + before[3], own[4] + before[5], own[6] + before[7]);
}
