using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sjc.Diffusion.Text;

namespace Sjc.Diffusion.Tests.Text;

public sealed class ClipTokenizerTests : IDisposable
{
    private static readonly string[] Merges = ["#version: 0.2", "# #</w>", "a b", "ab c</w>", "b c</w>"];

    private readonly string folder = Directory.CreateTempSubdirectory("sjc-clip-").FullName;

    [Fact]
    public void Encode_Merges_TakesTheLowestRankFirst()
    {
        ClipTokenizer tokenizer = Load();

        // a b → ab before b c</w>; then ab c</w>. Ids: 256 bytes, 256 at the end of a piece, then the merges.
        Assert.Equal([516, 514, 517], tokenizer.Encode("abc"));
        Assert.Equal([516, 512, 517], tokenizer.Encode("##"));
    }

    [Fact]
    public void Encode_SpecialTextInside_IsOneToken() =>
        Assert.Equal([516, 517, 516, 517], Load().Encode("<|endoftext|> <|StartOfText|>"));

    [Theory]
    [InlineData("Don't  STOP\t12", new[] { "don", "'t", "stop", "1", "2" })]
    [InlineData("it's'll we've", new[] { "it", "'s", "'ll", "we", "'ve" })]
    [InlineData("a-b!!c", new[] { "a", "-", "b", "!!", "c" })]
    [InlineData("x²½ Ⅷ", new[] { "x", "²", "½", "ⅷ" })]
    [InlineData("𝒜𝒜 👍🏽", new[] { "𝒜𝒜", "👍🏽" })]
    [InlineData("e\u0301a\u0316", new[] { "é" + "a", "\u0316" })]
    [InlineData("!<|endoftext|>", new[] { "!<|", "endoftext", "|>" })]
    [InlineData("\u00a0\u3000", new string[0])]
    public void Split_Text_GivesThePieces(string text, string[] pieces) => Assert.Equal(pieces, ClipPieces.Split(ClipPieces.Clean(text)));

    [Fact]
    public void Pad_LongAndShortPrompts_EndInTheEndTokenAndPadding()
    {
        ClipTokenizer tokenizer = Load(maxLength: 6);

        Assert.Equal([516, 514, 517, 517, 517, 517], tokenizer.Pad(tokenizer.Encode("abc")));
        Assert.Equal([516, 514, 514, 514, 514, 517], tokenizer.Pad(tokenizer.Encode("abc abc abc abc")));
        Assert.Equal([516, 514, 514, 514, 514, 517], tokenizer.Pad(tokenizer.Encode("abc abc abc abc abc abc")));
        Assert.Equal([516, 514, 517, 0, 0, 0], Load(maxLength: 6, padsWithZero: true).Pad(tokenizer.Encode("abc")));
    }

    [Fact]
    public void Load_PaddingOfTheFolder_HoldsOverTheDefault()
    {
        File.WriteAllText(Path.Combine(folder, "special_tokens_map.json"), """{"pad_token": {"content": "!"}}""");

        Assert.Equal(0, Load().PaddingToken);
    }

    [Fact]
    public void Encode_AnyText_DecodesBackAndFits()
    {
        ClipTokenizer tokenizer = Load();

        // Runs of arbitrary UTF-16 units, unpaired surrogates among them, and of pieces that are special somewhere.
        Gen<string> units = Gen.Choose(0, 0xFFFF).Select(unit => ((char)unit).ToString());
        Gen<string> special = Gen.Elements(["<|endoftext|>", "'ll", "</w>", " ", "\u0301", "👍", "#", "abc", "\0"]);
        Gen<string> texts = Gen.OneOf(units, special).ListOf().Select(parts => string.Concat(parts));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            int[] tokens = tokenizer.Encode(text);
            string decoded = tokenizer.Decode(tokens.AsSpan(1, tokens.Length - 2));
            long[] padded = tokenizer.Pad(tokens);
            return WithoutSpaces(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(ClipPieces.Clean(text)))) == WithoutSpaces(decoded)
                && padded.Length == 77 && padded[0] == tokenizer.StartToken && padded.Contains(tokenizer.EndToken) && padded.All(token => token >= 0 && token < tokenizer.TokenCount);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData("a b c")]
    [InlineData("a")]
    [InlineData("a  b")]
    public void Load_LineThatIsNoPair_IsRefused(string line)
    {
        File.WriteAllLines(Path.Combine(folder, "merges.txt"), ["#version: 0.2", line]);

        Assert.Contains("Line 2", Assert.Throws<InvalidDataException>(() => ClipTokenizer.Load(folder)).Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"a\": \"1\"}")]
    [InlineData("{\"a\": 1, \"b\": 1}")]
    [InlineData("{\"a\": 1")]
    [InlineData("{\"a\": 1}")] // lacks the bytes
    public void Load_VocabularyThatIsNone_IsRefused(string json)
    {
        File.WriteAllLines(Path.Combine(folder, "merges.txt"), Merges);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), json);

        Assert.Throws<InvalidDataException>(() => ClipTokenizer.Load(folder));
    }

    [Fact]
    public void Load_Nothing_IsRefused() => Assert.Throws<InvalidDataException>(() => ClipTokenizer.Load(folder));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string WithoutSpaces(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    private ClipTokenizer Load(int maxLength = 77, bool padsWithZero = false)
    {
        File.WriteAllLines(Path.Combine(folder, "merges.txt"), Merges);
        return ClipTokenizer.Load(folder, maxLength, padsWithZero);
    }
}
