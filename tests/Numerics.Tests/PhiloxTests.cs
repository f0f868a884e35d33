namespace Sjc.Numerics.Tests;

public sealed class PhiloxTests
{
    // Random123's kat_vectors, "philox4x32 10".
    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0, 0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)]
    [InlineData(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)]
    [InlineData(0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0, 0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)]
    public void Block_KnownAnswerVectors_Match(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox.Block(c0, c1, c2, c3, key0, key1));
}
