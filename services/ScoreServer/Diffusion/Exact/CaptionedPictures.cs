namespace Sjc.Diffusion.Exact;

/// <summary>A fixed collection of pictures with captions, in memory.</summary>
public sealed class CaptionedPictures : IPictureSource
{
    private const int MaxExampleCaptions = 8;
    private readonly IReadOnlyList<float[]> pictures;
    private readonly HashSet<string>[] words;

    /// <summary>A collection.</summary>
    /// <param name="dataShape">Of each picture.</param>
    /// <param name="pictures">[c, h, w] each, values in [−1, 1].</param>
    /// <param name="captions">One a picture.</param>
    /// <exception cref="ArgumentException">There is no picture, a count or a picture's size differs, or a value is not finite.</exception>
    public CaptionedPictures(DataShape dataShape, IReadOnlyList<float[]> pictures, IReadOnlyList<string> captions)
    {
        if (pictures.Count == 0 || captions.Count != pictures.Count)
        {
            throw new ArgumentException($"{nameof(captions)} must have one entry a picture, of which there must be some, but there are {captions.Count} for {pictures.Count}.", nameof(captions));
        }

        for (int i = 0; i < pictures.Count; i++)
        {
            if (pictures[i].Length != dataShape.ElementCount || Array.Exists(pictures[i], value => !float.IsFinite(value)))
            {
                throw new ArgumentException($"{nameof(pictures)}[{i}] must hold {dataShape.ElementCount} finite values, but holds {pictures[i].Length}, or some that are not finite.", nameof(pictures));
            }
        }

        DataShape = dataShape;
        this.pictures = pictures;
        words = [.. captions.Select(caption => PromptWords.Split(caption).ToHashSet())];
        Vocabulary = [.. words.SelectMany(set => set).Distinct().Order(StringComparer.Ordinal)];
        ExampleCaptions = [.. captions.Distinct().Take(MaxExampleCaptions)];
    }

    /// <inheritdoc/>
    public DataShape DataShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ExampleCaptions { get; }

    /// <inheritdoc/>
    public string? Select(IReadOnlyList<string> words) =>
        Array.Exists(this.words, candidate => candidate.IsSupersetOf(words)) ? string.Join(' ', words.Order(StringComparer.Ordinal)) : null;

    /// <inheritdoc/>
    public float[] Load(string key)
    {
        string[] wanted = key.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] selected = [.. Enumerable.Range(0, pictures.Count).Where(i => words[i].IsSupersetOf(wanted))];
        float[] all = new float[selected.Length * DataShape.ElementCount];
        for (int i = 0; i < selected.Length; i++)
        {
            pictures[selected[i]].CopyTo(all, i * DataShape.ElementCount);
        }

        return all;
    }
}
