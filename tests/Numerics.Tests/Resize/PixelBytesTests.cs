using Sjc.Numerics.Resize;

namespace Sjc.Numerics.Tests.Resize;

public sealed class PixelBytesTests
{
    [Theory]
    [InlineData(-1f, 0)]
    [InlineData(1f, 255)]
    [InlineData(0f, 127)]
    [InlineData(-7f, 0)]
    [InlineData(7f, 255)]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 255)]
    [InlineData(float.NegativeInfinity, 0)]
    public void ToBytes_CenteredValue_IsClampedAndTruncated(float value, byte expected)
    {
        byte[] bytes = new byte[1];
        PixelBytes.ToBytes([value], 1, centered: true, bytes);
        Assert.Equal(expected, bytes[0]);
    }

    [Fact]
    public void ToCentered_EveryByte_ComesBackWithinOne()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        float[] planes = new float[256];
        byte[] back = new byte[256];
        PixelBytes.ToCentered(bytes, 1, planes);
        PixelBytes.ToBytes(planes, 1, centered: true, back);

        // Truncation may lose one step where the division rounds down.
        Assert.All(bytes.Zip(back), pair => Assert.InRange(pair.First - pair.Second, 0, 1));
    }

    [Fact]
    public void ToBytes_ThreeChannels_Interleaves()
    {
        byte[] bytes = new byte[6];
        PixelBytes.ToBytes([0, 1, 0, 0, 1, 0], 3, centered: false, bytes);
        Assert.Equal([0, 0, 255, 255, 0, 0], bytes);
    }

    [Fact]
    public void ToBytes_LengthsDiffer_Throws() => Assert.Throws<ArgumentException>(() => PixelBytes.ToBytes([0, 1], 1, true, new byte[3]));
}
