using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Elementary functions over lanes, to about one unit in the last place.</summary>
internal static class VectorMath
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts: the first has few bits, so n·Ln2High is exact (Cody and Waite 1980).
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>eˣ; arguments beyond ±87 count as ±87.</summary>
    /// <remarks>x = n·ln 2 + r with |r| ≤ ½ ln 2; eʳ by the polynomial of Cephes' expf.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        x = TLanes.Max(TLanes.Min(x, TLanes.Create(87)), TLanes.Create(-87));
        TLanes n = TLanes.Floor(TLanes.MultiplyAdd(x, TLanes.Create(Log2E), TLanes.Create(0.5f)));
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Create(-Ln2High), x);
        r = TLanes.MultiplyAdd(n, TLanes.Create(-Ln2Low), r);
        TLanes p = TLanes.Create(1.9875691500e-4f);
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(1.3981999507e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(8.3334519073e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(4.1665795894e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(1.6666665459e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(5.0000001201e-1f));
        p = TLanes.MultiplyAdd(p, r * r, r + TLanes.Create(1));
        return TLanes.ScaleByPowerOfTwo(p, n);
    }

    /// <summary>ln(1 + y) for y in [0, 1].</summary>
    /// <remarks>2·artanh(z) with z = y/(2 + y) ≤ ⅓, by its Taylor series up to z¹⁵: what is left out is below 2·3⁻¹⁷/17 ≈ 1e-9.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes LogOnePlus<TLanes>(TLanes y)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes z = y / (y + TLanes.Create(2));
        TLanes q = z * z;
        TLanes p = TLanes.Create(2f / 15);
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(2f / 13));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(2f / 11));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(2f / 9));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(2f / 7));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(2f / 5));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(2f / 3));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(2));
        return p * z;
    }

    /// <summary>1/(1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Create(1) / (TLanes.Create(1) + Exp(TLanes.Create(0) - x));
}
