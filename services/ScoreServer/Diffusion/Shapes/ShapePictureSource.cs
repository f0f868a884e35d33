using System.Collections.Concurrent;
using Sjc.Diffusion.Exact;
using Sjc.Numerics;

namespace Sjc.Diffusion.Shapes;

/// <summary>Pictures of the catalogue for the closed-form denoiser, rendered when a prompt asks for them.</summary>
/// <remarks>A caption's view words select one sector of one band; a prompt without them, every view. Pictures are drawn from the
/// training distribution, the same number for every sector and band.</remarks>
public sealed class ShapePictureSource : IPictureSource
{
    private const int SparseViewPictures = 1;
    private const int MaxDraws = 100_000;
    private readonly int size;
    private readonly int picturesPerView;
    private readonly ulong seed;
    private readonly HashSet<string>[] viewWords;
    private readonly HashSet<string> allViewWords;
    private readonly ConcurrentDictionary<(int View, int Count), ShapeView[]> views = new();

    /// <summary>A source.</summary>
    /// <param name="size">Pixels across and down.</param>
    /// <param name="picturesPerView">Of an object in each sector of each band.</param>
    /// <param name="seed">Of the views.</param>
    public ShapePictureSource(int size = 32, int picturesPerView = 64, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(picturesPerView);
        this.size = size;
        this.picturesPerView = picturesPerView;
        this.seed = seed;
        viewWords = [.. ShapeViewWords.All.Select(words => PromptWords.Split(words).ToHashSet())];
        allViewWords = [.. viewWords.SelectMany(words => words)];
        DataShape = new DataShape(3, size, size);
        Vocabulary = [.. ShapeCatalogue.Kinds.Select(kind => kind.Name), .. ShapeCatalogue.Colours.Select(colour => colour.Name), .. allViewWords.Order(StringComparer.Ordinal)];
        ExampleCaptions = [.. ShapeCatalogue.Kinds.Select((kind, i) => new ShapeObject(kind, ShapeCatalogue.Colours[i % ShapeCatalogue.Colours.Count]).Prompt)];
    }

    /// <inheritdoc/>
    public DataShape DataShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ExampleCaptions { get; }

    /// <inheritdoc/>
    public string? Select(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        string[] kinds = [.. words.Where(word => ShapeCatalogue.Kinds.Any(kind => kind.Name == word))];
        string[] colours = [.. words.Where(word => ShapeCatalogue.Colours.Any(colour => colour.Name == word))];
        HashSet<string> view = [.. words.Where(allViewWords.Contains)];
        bool allKnown = kinds.Length + colours.Length + view.Count == words.Count;
        int index = Array.FindIndex(viewWords, view.SetEquals);
        if (!allKnown || kinds.Length > 1 || colours.Length > 1 || (index < 0 && view.Count > 0))
        {
            return null;
        }

        return $"{kinds.FirstOrDefault("*")}/{colours.FirstOrDefault("*")}/{(index < 0 ? "*" : index)}";
    }

    /// <inheritdoc/>
    public float[] Load(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Split('/') is not [string kind, string colour, string view])
        {
            throw new ArgumentException($"{nameof(key)} must come from {nameof(Select)}, but is \"{key}\".", nameof(key));
        }

        ShapeObject[] objects = [.. ShapeCatalogue.Objects.Where(shape => kind is "*" || shape.Kind.Name == kind).Where(shape => colour is "*" || shape.Colour.Name == colour)];
        int[] bins = view is "*" ? [.. Enumerable.Range(0, viewWords.Length)] : [int.Parse(view)];

        // Many objects at once are for the unconditional model: a few pictures of each will do.
        int count = objects.Length == 1 ? picturesPerView : SparseViewPictures;
        ShapeView[] selected = [.. bins.SelectMany(bin => views.GetOrAdd((bin, count), Draw))];
        float[] pictures = new float[objects.Length * selected.Length * DataShape.ElementCount];
        Parallel.For(0, objects.Length * selected.Length, picture =>
            ShapeRenderer.Render(
                objects[picture / selected.Length],
                selected[picture % selected.Length].Camera,
                size,
                pictures.AsSpan(picture * DataShape.ElementCount, DataShape.ElementCount),
                []));
        return pictures;
    }

    // The first draws of the training distribution that fall into a sector of a band.
    private ShapeView[] Draw((int View, int Count) wanted)
    {
        List<ShapeView> found = [];
        for (uint draw = 0; found.Count < wanted.Count && draw < MaxDraws; draw++)
        {
            ShapeView view = ShapeView.Draw(new RandomKey(seed, RandomStream.Pictures, draw));
            if (ShapeViewWords.IndexOf(view.AzimuthDegrees, view.ElevationDegrees) == wanted.View)
            {
                found.Add(view);
            }
        }

        return [.. found];
    }
}
