using System.Runtime.CompilerServices;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>One lane: the fallback for machines without vectors.</summary>
internal readonly unsafe struct Lanes1(float value) : ILanes<Lanes1>
{
    private readonly float value = value;

    public static int Count => 1;

    public static Lanes1 Indices => new(0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Create(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Load(float* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => *destination = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreOffset(int* destination, Lanes1 x, Lanes1 y, Lanes1 z, int pitchX, int pitchY, int pitchZ) =>
        *destination = ((int)x.value * pitchX) + ((int)y.value * pitchY) + ((int)z.value * pitchZ);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator +(Lanes1 a, Lanes1 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator -(Lanes1 a, Lanes1 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator *(Lanes1 a, Lanes1 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 operator /(Lanes1 a, Lanes1 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 MultiplyAdd(Lanes1 a, Lanes1 b, Lanes1 c) => new(MathF.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Min(Lanes1 a, Lanes1 b) => new(a.value < b.value ? a.value : b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Max(Lanes1 a, Lanes1 b) => new(a.value > b.value ? a.value : b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Abs(Lanes1 a) => new(MathF.Abs(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Floor(Lanes1 a) => new(MathF.Floor(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 SelectGreater(Lanes1 a, Lanes1 b, Lanes1 ifGreater, Lanes1 otherwise) => a.value > b.value ? ifGreater : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ScaleByPowerOfTwo(Lanes1 a, Lanes1 n) => new(a.value * BitConverter.Int32BitsToSingle(((int)n.value + 127) << 23));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes1 a) => a.value;
}
