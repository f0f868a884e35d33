namespace Sjc.Diffusion.Exact;

/// <summary>Captioned pictures for <see cref="ExactDenoiser"/>: a fixed collection, or one that makes its pictures when they are asked for.</summary>
/// <remarks>Called from several threads.</remarks>
public interface IPictureSource
{
    /// <summary>Extents of each picture; values in [−1, 1].</summary>
    DataShape DataShape { get; }

    /// <summary>All words of all captions, as <see cref="PromptWords"/> splits them, in a stable order.</summary>
    IReadOnlyList<string> Vocabulary { get; }

    /// <summary>A few captions that say what exists.</summary>
    IReadOnlyList<string> ExampleCaptions { get; }

    /// <summary>Names the pictures whose captions hold all the given words; no words select all pictures.</summary>
    /// <returns>A key for <see cref="Load"/>, the same for the same pictures; null where there is no such picture.</returns>
    string? Select(IReadOnlyList<string> words);

    /// <summary>The pictures of a selection, at least one, [n, c, h, w], always the same and in the same order.</summary>
    /// <param name="key">From <see cref="Select"/>.</param>
    float[] Load(string key);
}
