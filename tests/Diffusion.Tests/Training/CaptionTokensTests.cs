using Sjc.Diffusion.Text;
using Sjc.Diffusion.Training;
using Sjc.Numerics;

namespace Sjc.Diffusion.Tests.Training;

public sealed class CaptionTokensTests
{
    private const int Draws = 4000;
    private static readonly Vocabulary Words = Vocabulary.Of(["front view of a red car"]);
    private static readonly CaptionTokens Captions = new(Words, ["front view of a red car"]);

    [Fact]
    public void Draw_ManyTimes_DropsTheGivenShareOfCaptions()
    {
        int dropped = All(dropout: 0.1).Count(tokens => tokens.Length == 1);

        Assert.Equal(0.1, (double)dropped / Draws, 4 * Math.Sqrt(0.09 / Draws)); // four standard errors
    }

    [Fact]
    public void Draw_ManyTimes_VariesCaptionsNowAndThen()
    {
        string[] texts = [.. All(dropout: 0).Select(Text).Distinct()];

        Assert.Contains("front view of a red car", texts);
        Assert.Contains("a red car", texts);
        Assert.Contains("front view of red car", texts);
        Assert.Contains("front view of a red ? car", texts);
    }

    private static IEnumerable<int[]> All(double dropout) =>
        Enumerable.Range(0, Draws).Select(i => Captions.Draw(0, dropout, new RandomKey(1, RandomStream.Training, (uint)i), 0));

    private static string Text(int[] tokens) => string.Join(' ', tokens.Skip(1).Select(token => token == Vocabulary.Unknown ? "?" : Words.Words[token - 3]));
}
