using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Vectors;

/// <summary>Elementary functions over lanes, to about one unit in the last place.</summary>
internal static class VectorMath
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts: the first has few bits, so n·Ln2High is exact (Cody and Waite 1980).
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>e⁻ᵃ for a ≥ 0; arguments beyond 87 count as 87.</summary>
    /// <remarks>−a = n·ln 2 − r with |r| ≤ ½ ln 2; e⁻ʳ = 1 − r + r²·p(r) with the p of degree 4 whose greatest relative error, 4e-9 with
    /// these coefficients, is the least (Remez).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes ExpMinus<TLanes>(TLanes a)
        where TLanes : struct, ILanes<TLanes> => ExpMinusBounded(TLanes.Min(a, TLanes.Create(87)));

    /// <summary>softplus(x) = max(x, 0) + ln(1 + y), where y = e^−|x|, and its derivative, 1/(1 + y) or y/(1 + y).</summary>
    /// <remarks>ln(1 + y) = 2·artanh(z) with z = y/(2 + y) ≤ ⅓: z times the polynomial of degree 4 in z² whose greatest relative error, 8e-9
    /// with these coefficients, is the least (Remez). The two quotients share one division.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Softplus<TLanes>(TLanes x, out TLanes derivative)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes zero = TLanes.Create(0);
        TLanes y = ExpMinus(TLanes.Abs(x));
        TLanes a = y + TLanes.Create(1);
        TLanes b = y + TLanes.Create(2);
        TLanes reciprocal = TLanes.Create(1) / (a * b);
        derivative = TLanes.SelectGreater(x, zero, TLanes.Create(1), y) * (b * reciprocal);
        TLanes z = y * (a * reciprocal);
        TLanes q = z * z;
        TLanes p = TLanes.MultiplyAdd(TLanes.Create(0.281783730f), q, TLanes.Create(0.279605716f));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(0.400249153f));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(0.666663170f));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(2));
        return TLanes.MultiplyAdd(p, z, TLanes.Max(x, zero));
    }

    /// <summary>The angle of (x, y) from the x axis, in [−π, π]; signs of zeros do not count.</summary>
    /// <remarks>arctan t for t in [0, 1] is t times the polynomial of degree 8 in t² whose greatest relative error, 3e-8 with these coefficients,
    /// is the least (Remez).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Atan2<TLanes>(TLanes y, TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes zero = TLanes.Create(0);
        (TLanes width, TLanes height) = (TLanes.Abs(x), TLanes.Abs(y));

        // Both zero: 0/tiny.
        TLanes t = TLanes.Min(width, height) / TLanes.Max(TLanes.Max(width, height), TLanes.Create(1e-37f));
        TLanes q = t * t;
        TLanes p = TLanes.MultiplyAdd(TLanes.Create(2.84961401e-3f), q, TLanes.Create(-1.60672497e-2f));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(4.26887460e-2f));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(-7.50400424e-2f));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(1.06407627e-1f));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(-1.42035887e-1f));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(1.99926093e-1f));
        p = TLanes.MultiplyAdd(p, q, TLanes.Create(-3.33330721e-1f));
        p = TLanes.MultiplyAdd(p * q, t, t);
        p = TLanes.SelectGreater(height, width, TLanes.Create(MathF.PI / 2) - p, p);
        p = TLanes.SelectGreater(zero, x, TLanes.Create(MathF.PI) - p, p);
        return TLanes.SelectGreater(zero, y, zero - p, p);
    }

    /// <summary>1/(1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Create(1) / (TLanes.Create(1) + ExpMinusBounded(TLanes.Max(TLanes.Min(x, TLanes.Create(87)), TLanes.Create(-87))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ExpMinusBounded<TLanes>(TLanes a)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes n = TLanes.Floor(TLanes.MultiplyAdd(a, TLanes.Create(-Log2E), TLanes.Create(0.5f)));
        TLanes r = TLanes.MultiplyAdd(n, TLanes.Create(Ln2High), a);
        r = TLanes.MultiplyAdd(n, TLanes.Create(Ln2Low), r);
        TLanes p = TLanes.MultiplyAdd(TLanes.Create(1.38145778e-3f), r, TLanes.Create(-8.36872682e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(4.16683890e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(-1.66665211e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Create(4.99999940e-1f));
        p = TLanes.MultiplyAdd(p, r * r, TLanes.Create(1) - r);
        return TLanes.ScaleByPowerOfTwo(p, n);
    }
}
