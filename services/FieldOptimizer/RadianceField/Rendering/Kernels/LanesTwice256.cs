using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Sixteen lanes in two 256-bit registers, for pairs of records on machines without 512-bit vectors.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly unsafe struct LanesTwice256(Lanes256 lower, Lanes256 upper) : ILanes<LanesTwice256>
{
    private readonly Lanes256 lower = lower;
    private readonly Lanes256 upper = upper;

    public static int Count => 16;

    public static LanesTwice256 Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Lanes256.Indices, Lanes256.Indices + Lanes256.Create(8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 Create(float value) => new(Lanes256.Create(value), Lanes256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 Load(float* source) => new(Lanes256.Load(source), Lanes256.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        lower.Store(destination);
        upper.Store(destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreOffset(int* destination, LanesTwice256 x, LanesTwice256 y, LanesTwice256 z, int pitchX, int pitchY, int pitchZ)
    {
        Lanes256.StoreOffset(destination, x.lower, y.lower, z.lower, pitchX, pitchY, pitchZ);
        Lanes256.StoreOffset(destination + 8, x.upper, y.upper, z.upper, pitchX, pitchY, pitchZ);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 operator +(LanesTwice256 a, LanesTwice256 b) => new(a.lower + b.lower, a.upper + b.upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 operator -(LanesTwice256 a, LanesTwice256 b) => new(a.lower - b.lower, a.upper - b.upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 operator *(LanesTwice256 a, LanesTwice256 b) => new(a.lower * b.lower, a.upper * b.upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 operator /(LanesTwice256 a, LanesTwice256 b) => new(a.lower / b.lower, a.upper / b.upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 MultiplyAdd(LanesTwice256 a, LanesTwice256 b, LanesTwice256 c) =>
        new(Lanes256.MultiplyAdd(a.lower, b.lower, c.lower), Lanes256.MultiplyAdd(a.upper, b.upper, c.upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 Min(LanesTwice256 a, LanesTwice256 b) => new(Lanes256.Min(a.lower, b.lower), Lanes256.Min(a.upper, b.upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 Max(LanesTwice256 a, LanesTwice256 b) => new(Lanes256.Max(a.lower, b.lower), Lanes256.Max(a.upper, b.upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 Abs(LanesTwice256 a) => new(Lanes256.Abs(a.lower), Lanes256.Abs(a.upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 Floor(LanesTwice256 a) => new(Lanes256.Floor(a.lower), Lanes256.Floor(a.upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 SelectGreater(LanesTwice256 a, LanesTwice256 b, LanesTwice256 ifGreater, LanesTwice256 otherwise) =>
        new(Lanes256.SelectGreater(a.lower, b.lower, ifGreater.lower, otherwise.lower), Lanes256.SelectGreater(a.upper, b.upper, ifGreater.upper, otherwise.upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesTwice256 ScaleByPowerOfTwo(LanesTwice256 a, LanesTwice256 n) =>
        new(Lanes256.ScaleByPowerOfTwo(a.lower, n.lower), Lanes256.ScaleByPowerOfTwo(a.upper, n.upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(LanesTwice256 a) => Lanes256.Sum(a.lower + a.upper);
}
