using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Density gradients, one float a record.</summary>
internal readonly unsafe struct DensityRows : IDensityFaces
{
    public static int Floats => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* corner, nint row, float* face)
    {
        float* upper = (float*)((byte*)corner + row);
        if (Sse2.IsSupported)
        {
            Vector128<float> values = Vector128.Shuffle(Vector128.Load(face), Vector128.Create(0, 2, 1, 3));
            Vector128<float> sums = Sse.LoadHigh(Sse2.LoadScalarVector128((double*)corner).AsSingle(), upper) + values;
            Sse.StoreLow(corner, sums);
            Sse.StoreHigh(upper, sums);
            return;
        }

        corner[0] += face[0];
        corner[1] += face[2];
        upper[0] += face[1];
        upper[1] += face[3];
    }
}
