using System.Text.Json;
using Sjc.Diffusion.Text;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Text;

[Trait("Category", "Golden")]
public sealed class ClipTokenizerGoldenTests
{
    private const string Folder = "models/clip-tokenizer";

    public static TheoryData<string> Cases => [.. GoldenFolder.Find(Folder, "tokens*.json")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_GoldenPrompts_GivesTheOriginalsIds(string file)
    {
        if (file == GoldenFolder.NoCase)
        {
            GoldenCase.Open(Folder, file, Assert.Skip);
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(GoldenFolder.Root, Folder, file)));
        foreach (string path in Vocabularies())
        {
            ClipTokenizer tokenizer = ClipTokenizer.Load(path);
            Assert.Equal(document.RootElement.GetProperty("bos").GetInt32(), tokenizer.StartToken);
            Assert.Equal(document.RootElement.GetProperty("eos").GetInt32(), tokenizer.EndToken);
            int count = 0;
            foreach (JsonElement prompt in document.RootElement.GetProperty("prompts").EnumerateArray())
            {
                int[] expected = [.. prompt.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
                string text = prompt.GetProperty("text").GetString()!;
                Assert.True(expected.SequenceEqual(tokenizer.Encode(text)), $"{text} must give {string.Join(", ", expected)}, but gives {string.Join(", ", tokenizer.Encode(text))}.");
                count++;
            }

            Assert.NotEqual(0, count);
        }
    }

    // With its vocabulary, and with the ids that follow from its merges alone.
    private static IEnumerable<string> Vocabularies()
    {
        string? merges = GoldenFolder.FindLarge($"{Folder}/merges.txt");
        if (merges is null)
        {
            Assert.Skip($"CLIP's vocabulary is neither below {GoldenFolder.Root} nor in shared/golden beside the repository.");
        }

        return [Path.GetDirectoryName(merges)!, merges];
    }
}
