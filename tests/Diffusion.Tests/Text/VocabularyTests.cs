using Sjc.Diffusion.Text;

namespace Sjc.Diffusion.Tests.Text;

public sealed class VocabularyTests
{
    [Fact]
    public void Split_PunctuationAndCase_GivesLowerCaseWords() =>
        Assert.Equal(["a", "red", "car", "2"], Vocabulary.Split(" A red-CAR,  2!"));

    [Fact]
    public void Of_Texts_HasEveryWordOnceInOrder() =>
        Assert.Equal(["a", "car", "mug", "red"], Vocabulary.Of(["a red car", "A red mug"]).Words);

    [Fact]
    public void Encode_UnknownWords_AreReportedAndGetTheUnknownToken()
    {
        Vocabulary vocabulary = new(["car", "red"]);

        int[] tokens = vocabulary.Encode("red velvet car", out IReadOnlyList<string> unknown);

        Assert.Equal([Vocabulary.Start, 4, Vocabulary.Unknown, 3], tokens);
        Assert.Equal(["velvet"], unknown);
    }

    [Fact]
    public void Encode_EmptyText_IsTheStartTokenAlone() =>
        Assert.Equal([Vocabulary.Start], new Vocabulary(["car"]).Encode("", out _));

    [Fact]
    public void Constructor_RepeatedWord_Throws() =>
        Assert.Throws<ArgumentException>(() => new Vocabulary(["car", "car"]));
}
