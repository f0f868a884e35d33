namespace Sjc.Diffusion;

/// <summary>Words for the direction from which a picture shows its object.</summary>
public sealed class ViewWording
{
    /// <summary>Stands for the view's words in <see cref="Template"/>.</summary>
    public const string ViewPlaceholder = "{view}";

    /// <summary>Stands for the prompt in <see cref="Template"/>.</summary>
    public const string PromptPlaceholder = "{prompt}";

    /// <summary>Words for bands of elevation.</summary>
    /// <param name="template">Contains {view} and {prompt}.</param>
    /// <param name="bands">In ascending order; the last reaches 90°.</param>
    /// <exception cref="ArgumentException">The template lacks a placeholder, or the bands do not ascend to 90°.</exception>
    public ViewWording(string template, IReadOnlyList<ElevationBand> bands)
    {
        if (!template.Contains(ViewPlaceholder, StringComparison.Ordinal) || !template.Contains(PromptPlaceholder, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{nameof(template)} must contain {ViewPlaceholder} and {PromptPlaceholder}, but is \"{template}\".", nameof(template));
        }

        bool ascends = Enumerable.Range(1, Math.Max(0, bands.Count - 1)).All(i => bands[i].MaxElevationDegrees > bands[i - 1].MaxElevationDegrees);
        if (bands.Count == 0 || !ascends || bands[^1].MaxElevationDegrees != 90)
        {
            throw new ArgumentException($"{nameof(bands)} must ascend to 90, but end at {string.Join(", ", bands.Select(band => band.MaxElevationDegrees))}.", nameof(bands));
        }

        Template = template;
        Bands = bands;
    }

    /// <summary>As in Wang et al. 2023: overhead, and below that front, side and backside. Their cut at v = 30° of the drawn angle
    /// (φ = arccos(1 − 2v/π)) is an elevation of arcsin(2/3).</summary>
    public static ViewWording Reference { get; } = new(
        "{view} of {prompt}",
        [
            new(Math.Asin(2.0 / 3.0) * 180 / Math.PI, ["front view", "side view", "backside view", "side view"]),
            new(90, ["overhead view"]),
        ]);

    /// <summary>Contains {view} and {prompt}.</summary>
    public string Template { get; }

    /// <summary>In ascending order; the last reaches 90°.</summary>
    public IReadOnlyList<ElevationBand> Bands { get; }

    /// <summary>The words for a view. A band holds the elevations up to and including its upper end.</summary>
    /// <param name="azimuthDegrees">Any angle.</param>
    /// <param name="elevationDegrees">Above the horizon.</param>
    public string Words(double azimuthDegrees, double elevationDegrees)
    {
        ElevationBand band = Bands.FirstOrDefault(candidate => elevationDegrees <= candidate.MaxElevationDegrees) ?? Bands[^1];
        int sectors = band.SectorWords.Count;
        double turns = (azimuthDegrees / 360) + (0.5 / sectors);
        int sector = (int)((turns - Math.Floor(turns)) * sectors);
        return band.SectorWords[Math.Min(sector, sectors - 1)];
    }

    /// <summary>The prompt of a view.</summary>
    public string Compose(string viewWords, string prompt) =>
        Template.Replace(ViewPlaceholder, viewWords, StringComparison.Ordinal).Replace(PromptPlaceholder, prompt, StringComparison.Ordinal);
}
