using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sjc.RadianceField.Vectors;

/// <summary>Sixteen lanes in one 512-bit register.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private readonly Vector512<float> value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Create(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreStreaming(float* destination) => value.StoreAlignedNonTemporal(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreIndex(int* destination, Lanes512 x, Lanes512 y, Lanes512 z, int rowPitch, int planePitch) =>
        (Vector512.ConvertToInt32Native(x.value) + (Vector512.ConvertToInt32Native(y.value) * rowPitch) + (Vector512.ConvertToInt32Native(z.value) * planePitch)).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint GreaterMask(Lanes512 a, Lanes512 b) => (uint)Vector512.GreaterThan(a.value, b.value).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RangeMask(int* values, int low, int length) =>
        (uint)Vector512.LessThan((Vector512.Load(values) - Vector512.Create(low)).AsUInt32(), Vector512.Create((uint)length)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint EqualMask(int* a, int* b) => (uint)Vector512.Equals(Vector512.Load(a), Vector512.Load(b)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WhereEqual(int* a, int* b, Lanes512 value) =>
        new(Vector512.BitwiseAnd(Vector512.Equals(Vector512.Load(a), Vector512.Load(b)).AsSingle(), value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreQuads(float* destination, int lane, Lanes512 a, Lanes512 b, Lanes512 c, Lanes512 d)
    {
        if (Avx512F.IsSupported)
        {
            (Vector512<double> ab0, Vector512<double> ab2) = (Avx512F.UnpackLow(a.value, b.value).AsDouble(), Avx512F.UnpackHigh(a.value, b.value).AsDouble());
            (Vector512<double> cd0, Vector512<double> cd2) = (Avx512F.UnpackLow(c.value, d.value).AsDouble(), Avx512F.UnpackHigh(c.value, d.value).AsDouble());
            Avx512F.UnpackLow(ab0, cd0).AsSingle().Store(destination);
            Avx512F.UnpackHigh(ab0, cd0).AsSingle().Store(destination + 16);
            Avx512F.UnpackLow(ab2, cd2).AsSingle().Store(destination + 32);
            Avx512F.UnpackHigh(ab2, cd2).AsSingle().Store(destination + 48);
            return;
        }

        Lanes256.StoreQuads(destination, 0, new(a.value.GetLower()), new(b.value.GetLower()), new(c.value.GetLower()), new(d.value.GetLower()));
        Lanes256.StoreQuads(destination, 8, new(a.value.GetUpper()), new(b.value.GetUpper()), new(c.value.GetUpper()), new(d.value.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 a, Lanes512 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 a, Lanes512 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 a, Lanes512 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 a, Lanes512 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) => new(Vector512.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 a, Lanes512 b) => new(Vector512.MinNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 a, Lanes512 b) => new(Vector512.MaxNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Abs(Lanes512 a) => new(Vector512.Abs(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Floor(Lanes512 a) => new(Vector512.Floor(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Sqrt(Lanes512 a) => new(Vector512.Sqrt(a.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SelectGreater(Lanes512 a, Lanes512 b, Lanes512 ifGreater, Lanes512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(a.value, b.value), ifGreater.value, otherwise.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ScaleByPowerOfTwo(Lanes512 a, Lanes512 n) =>
        Avx512F.IsSupported ? new(Avx512F.Scale(a.value, n.value)) : new(a.value * Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n.value) + Vector512.Create(127), 23).AsSingle());
}
