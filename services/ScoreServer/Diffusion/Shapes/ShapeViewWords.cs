namespace Sjc.Diffusion.Shapes;

/// <summary>The words for views: eight sectors of azimuth in each of three bands of elevation.</summary>
/// <remarks>With front, side, back and overhead alone, objects that differ within a sector become blobs.</remarks>
public static class ShapeViewWords
{
    private static readonly string[] Sectors =
        ["front", "front left", "left side", "back left", "back", "back right", "right side", "front right"];

    /// <summary>Sectors of azimuth in each band.</summary>
    public static int SectorCount => Sectors.Length;

    /// <summary>Up to 25°, up to 55°, and above.</summary>
    public static ViewWording Wording { get; } = new(
        "{view} of {prompt}",
        [
            new(25, [.. Sectors.Select(sector => $"{sector} view")]),
            new(55, [.. Sectors.Select(sector => $"{sector} view from above")]),
            new(90, [.. Sectors.Select(sector => $"{sector} view from high above")]),
        ]);

    /// <summary>Every wording of a view, band by band.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Wording.Bands.SelectMany(band => band.SectorWords)];

    /// <summary>Place of a view's words in <see cref="All"/>.</summary>
    public static int IndexOf(double azimuthDegrees, double elevationDegrees)
    {
        string words = Wording.Words(azimuthDegrees, elevationDegrees);
        int index = 0;
        while (All[index] != words)
        {
            index++;
        }

        return index;
    }
}
