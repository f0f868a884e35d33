using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Vectors;

/// <summary>Four lanes in one 128-bit register.</summary>
internal readonly unsafe struct Lanes128(Vector128<float> value) : ILanes<Lanes128>
{
    private readonly Vector128<float> value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Create(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreStreaming(float* destination) => value.StoreAlignedNonTemporal(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreIndex(int* destination, Lanes128 x, Lanes128 y, Lanes128 z, int rowPitch, int planePitch) =>
        (Vector128.ConvertToInt32Native(x.value) + (Vector128.ConvertToInt32Native(y.value) * rowPitch) + (Vector128.ConvertToInt32Native(z.value) * planePitch)).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint GreaterMask(Lanes128 a, Lanes128 b) => (uint)Vector128.GreaterThan(a.value, b.value).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RangeMask(int* values, int low, int length) =>
        (uint)Vector128.LessThan((Vector128.Load(values) - Vector128.Create(low)).AsUInt32(), Vector128.Create((uint)length)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint EqualMask(int* a, int* b) => (uint)Vector128.Equals(Vector128.Load(a), Vector128.Load(b)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WhereEqual(int* a, int* b, Lanes128 value) =>
        new(Vector128.BitwiseAnd(Vector128.Equals(Vector128.Load(a), Vector128.Load(b)).AsSingle(), value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuads(float* destination, int lane, Lanes128 a, Lanes128 b, Lanes128 c, Lanes128 d)
    {
        destination += lane;
        if (Sse2.IsSupported)
        {
            (Vector128<double> ab0, Vector128<double> ab2) = (Sse.UnpackLow(a.value, b.value).AsDouble(), Sse.UnpackHigh(a.value, b.value).AsDouble());
            (Vector128<double> cd0, Vector128<double> cd2) = (Sse.UnpackLow(c.value, d.value).AsDouble(), Sse.UnpackHigh(c.value, d.value).AsDouble());
            Sse2.UnpackLow(ab0, cd0).AsSingle().Store(destination);
            Sse2.UnpackHigh(ab0, cd0).AsSingle().Store(destination + 16);
            Sse2.UnpackLow(ab2, cd2).AsSingle().Store(destination + 32);
            Sse2.UnpackHigh(ab2, cd2).AsSingle().Store(destination + 48);
            return;
        }

        for (int i = 0; i < Count; i++)
        {
            Vector128.Create(a.value[i], b.value[i], c.value[i], d.value[i]).Store(destination + (16 * i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 a, Lanes128 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 a, Lanes128 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) => new(Vector128.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 a, Lanes128 b) => new(Vector128.MinNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 a, Lanes128 b) => new(Vector128.MaxNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 a) => new(Vector128.Abs(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Floor(Lanes128 a) => new(Vector128.Floor(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Sqrt(Lanes128 a) => new(Vector128.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SelectGreater(Lanes128 a, Lanes128 b, Lanes128 ifGreater, Lanes128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(a.value, b.value), ifGreater.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ScaleByPowerOfTwo(Lanes128 a, Lanes128 n) =>
        new(a.value * Vector128.ShiftLeft(Vector128.ConvertToInt32Native(n.value) + Vector128.Create(127), 23).AsSingle());
}
