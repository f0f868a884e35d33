using Sjc.Diffusion.Text;

namespace Sjc.Diffusion.Tests.Text;

public sealed class CanonicalCompositionTests
{
    [Theory]
    [InlineData("plain ascii", "plain ascii")]
    [InlineData("cafe\u0301", "caf\u00e9")]
    [InlineData("a\u0300\u0316", "\u00e0\u0316")] // reordered, since 0316 has the lower class, then composed past it
    [InlineData("a\u0316\u0300", "\u00e0\u0316")]
    [InlineData("a\u0301\u0300", "\u00e1\u0300")] // equal classes keep their order, and the first blocks the second
    [InlineData("\u212b", "\u00c5")] // a singleton: Ångström to Å
    [InlineData("\u0958", "\u0915\u093c")] // excluded from composition
    [InlineData("\u1112\u1161\u11ab", "\ud55c")] // Hangul, three jamo
    [InlineData("\u1112\u1161", "\ud558")]
    [InlineData("\ud558\u11ab", "\ud55c")]
    [InlineData("\u1e0b\u0323", "\u1e0d\u0307")] // UAX #15, figure 5
    [InlineData("\ud834\udd5e", "\ud834\udd57\ud834\udd65")] // a musical symbol beyond the basic plane, excluded
    [InlineData("\u0301", "\u0301")] // nothing before it
    public void Normalize_Text_IsFormC(string text, string expected) => Assert.Equal(expected, CanonicalComposition.Normalize(text));

    [Fact]
    public void Normalize_UnpairedSurrogate_IsReplaced() => Assert.Equal("\ufffdx", CanonicalComposition.Normalize("\ud800x"));

    [Theory]
    [InlineData("z\u0351\u036d a\u0300\u0316 zalgo")]
    [InlineData("\u1100\u1161\u11a8\u11a8 \u0f71\u0f72")]
    public void Normalize_Twice_IsTheSame(string text)
    {
        string once = CanonicalComposition.Normalize(text);

        Assert.Equal(once, CanonicalComposition.Normalize(once));
    }
}
