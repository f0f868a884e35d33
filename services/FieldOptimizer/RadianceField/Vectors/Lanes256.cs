using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Vectors;

/// <summary>Eight lanes in one 256-bit register.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    private readonly Vector256<float> value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Create(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreStreaming(float* destination) => value.StoreAlignedNonTemporal(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreIndex(int* destination, Lanes256 x, Lanes256 y, Lanes256 z, int rowPitch, int planePitch) =>
        (Vector256.ConvertToInt32Native(x.value) + (Vector256.ConvertToInt32Native(y.value) * rowPitch) + (Vector256.ConvertToInt32Native(z.value) * planePitch)).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint GreaterMask(Lanes256 a, Lanes256 b) => (uint)Vector256.GreaterThan(a.value, b.value).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RangeMask(int* values, int low, int length) =>
        (uint)Vector256.LessThan((Vector256.Load(values) - Vector256.Create(low)).AsUInt32(), Vector256.Create((uint)length)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint EqualMask(int* a, int* b) => (uint)Vector256.Equals(Vector256.Load(a), Vector256.Load(b)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WhereEqual(int* a, int* b, Lanes256 value) =>
        new(Vector256.BitwiseAnd(Vector256.Equals(Vector256.Load(a), Vector256.Load(b)).AsSingle(), value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuads(float* destination, int lane, Lanes256 a, Lanes256 b, Lanes256 c, Lanes256 d)
    {
        if (Avx.IsSupported)
        {
            destination += lane;
            (Vector256<double> ab0, Vector256<double> ab2) = (Avx.UnpackLow(a.value, b.value).AsDouble(), Avx.UnpackHigh(a.value, b.value).AsDouble());
            (Vector256<double> cd0, Vector256<double> cd2) = (Avx.UnpackLow(c.value, d.value).AsDouble(), Avx.UnpackHigh(c.value, d.value).AsDouble());
            Avx.UnpackLow(ab0, cd0).AsSingle().Store(destination);
            Avx.UnpackHigh(ab0, cd0).AsSingle().Store(destination + 16);
            Avx.UnpackLow(ab2, cd2).AsSingle().Store(destination + 32);
            Avx.UnpackHigh(ab2, cd2).AsSingle().Store(destination + 48);
            return;
        }

        Lanes128.StoreQuads(destination, lane, new(a.value.GetLower()), new(b.value.GetLower()), new(c.value.GetLower()), new(d.value.GetLower()));
        Lanes128.StoreQuads(destination, lane + 4, new(a.value.GetUpper()), new(b.value.GetUpper()), new(c.value.GetUpper()), new(d.value.GetUpper()));
    }

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
    public static Lanes256 Sqrt(Lanes256 a) => new(Vector256.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SelectGreater(Lanes256 a, Lanes256 b, Lanes256 ifGreater, Lanes256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(a.value, b.value), ifGreater.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ScaleByPowerOfTwo(Lanes256 a, Lanes256 n) =>
        new(a.value * Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n.value) + Vector256.Create(127), 23).AsSingle());
}
