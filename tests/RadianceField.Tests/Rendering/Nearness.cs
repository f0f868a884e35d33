namespace Sjc.RadianceField.Tests.Rendering;

/// <summary>Arrays that agree up to rounding.</summary>
internal static class Nearness
{
    public static void AssertAll(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }
}
