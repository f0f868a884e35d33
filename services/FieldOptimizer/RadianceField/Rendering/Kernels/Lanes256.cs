using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Eight lanes in one 256-bit register.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    private readonly Vector256<float> value = value;

    public static int Count => 8;

    public static Lanes256 Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Create(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreOffset(int* destination, Lanes256 x, Lanes256 y, Lanes256 z, int pitchX, int pitchY, int pitchZ) =>
        ((Vector256.ConvertToInt32Native(x.value) * pitchX) + (Vector256.ConvertToInt32Native(y.value) * pitchY) + (Vector256.ConvertToInt32Native(z.value) * pitchZ)).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 a, Lanes256 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 a, Lanes256 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) => new(Vector256.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 a, Lanes256 b) => new(Vector256.MinNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 a, Lanes256 b) => new(Vector256.MaxNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 a) => new(Vector256.Abs(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Floor(Lanes256 a) => new(Vector256.Floor(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SelectGreater(Lanes256 a, Lanes256 b, Lanes256 ifGreater, Lanes256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(a.value, b.value), ifGreater.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ScaleByPowerOfTwo(Lanes256 a, Lanes256 n) =>
        new(a.value * Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n.value) + Vector256.Create(127), 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 a)
    {
        Vector128<float> four = a.value.GetLower() + a.value.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}
