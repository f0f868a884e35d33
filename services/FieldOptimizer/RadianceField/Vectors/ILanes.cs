namespace Sjc.RadianceField.Vectors;

/// <summary>A few float32 values that are worked on together. The kernels are written once over it; the runtime compiles them apart
/// for each width.</summary>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Values per vector, a power of two, at most 16.</summary>
    static abstract int Count { get; }

    static abstract TSelf Create(float value);

    static abstract TSelf Load(float* source);

    void Store(float* destination);

    /// <summary>Stores what will not be read soon, past the caches where the processor can; the destination is a multiple of the vector's size.</summary>
    void StoreStreaming(float* destination);

    /// <summary>Stores x + y·rowPitch + z·planePitch of whole numbers, as integers.</summary>
    static abstract void StoreIndex(int* destination, TSelf x, TSelf y, TSelf z, int rowPitch, int planePitch);

    /// <summary>Bit i: a &gt; b in lane i.</summary>
    static abstract uint GreaterMask(TSelf a, TSelf b);

    /// <summary>Bit i: value i, of as many as there are lanes, is in [low, low + length).</summary>
    static abstract uint RangeMask(int* values, int low, int length);

    /// <summary>Bit i: a's value i equals b's, of as many as there are lanes.</summary>
    static abstract uint EqualMask(int* a, int* b);

    /// <summary>Per lane: <paramref name="value"/> where a's value equals b's, else 0.</summary>
    static abstract TSelf WhereEqual(int* a, int* b, TSelf value);

    /// <summary>Stores quads (aᵢ, bᵢ, cᵢ, dᵢ) of lanes <paramref name="lane"/>, … of sixteen where <see cref="QuadOrder.Place"/> says.</summary>
    static abstract void StoreQuads(float* destination, int lane, TSelf a, TSelf b, TSelf c, TSelf d);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The smaller one; <paramref name="b"/> where <paramref name="a"/> is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The greater one; <paramref name="b"/> where <paramref name="a"/> is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    static abstract TSelf Abs(TSelf a);

    static abstract TSelf Floor(TSelf a);

    static abstract TSelf Sqrt(TSelf a);

    /// <summary>Per lane: a &gt; b ? ifGreater : otherwise.</summary>
    static abstract TSelf SelectGreater(TSelf a, TSelf b, TSelf ifGreater, TSelf otherwise);

    /// <summary>a·2ⁿ for whole n in [−126, 127].</summary>
    static abstract TSelf ScaleByPowerOfTwo(TSelf a, TSelf n);
}
