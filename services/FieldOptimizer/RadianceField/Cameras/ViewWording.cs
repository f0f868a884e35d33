namespace Sjc.RadianceField.Cameras;

/// <summary>How the direction of a view is worded in a prompt: bands of elevation, each cut into equal sectors of azimuth.</summary>
/// <param name="Template">Contains {view} and {prompt}, such as “{view} of {prompt}”.</param>
/// <param name="Bands">In ascending order; the last reaches 90°.</param>
public sealed record ViewWording(string Template, IReadOnlyList<ViewBand> Bands)
{
    /// <summary>The wording of Wang et al. 2023: overhead above arcsin(2/3) = 41.8°, else front, side or backside in quarters.</summary>
    /// <remarks>The reference says “overhead” where its polar draw v is under 30°; its elevation is arcsin(1 − 2v/π).</remarks>
    public static ViewWording Reference { get; } = new(
        "{view} of {prompt}",
        [
            new ViewBand(Math.Asin(2.0 / 3.0) * (180 / Math.PI), ["front view", "side view", "backside view", "side view"]),
            new ViewBand(90, ["overhead view"]),
        ]);

    /// <summary>The words of the sector that a direction falls in.</summary>
    /// <param name="azimuthDegrees">0 is the front, at the centre of sector 0; any multiple of a turn may be added.</param>
    /// <param name="elevationDegrees">Above the horizon.</param>
    public string View(double azimuthDegrees, double elevationDegrees)
    {
        ViewBand band = Bands.FirstOrDefault(band => elevationDegrees <= band.MaxElevationDegrees) ?? Bands[^1];
        int sectors = band.SectorWords.Count;
        double width = 360.0 / sectors;
        double turned = (azimuthDegrees + (width / 2)) % 360;
        int sector = (int)Math.Floor((turned < 0 ? turned + 360 : turned) / width);
        return band.SectorWords[sector % sectors];
    }

    /// <summary>Puts the view's words and the prompt into the template.</summary>
    public string Compose(string view, string prompt) =>
        Template.Replace("{view}", view, StringComparison.Ordinal).Replace("{prompt}", prompt, StringComparison.Ordinal);
}

/// <summary>A band of elevations with the words of its sectors of azimuth.</summary>
/// <param name="MaxElevationDegrees">The band's upper end, included.</param>
/// <param name="SectorWords">At least one; sector 0 is centred on azimuth 0.</param>
public sealed record ViewBand(double MaxElevationDegrees, IReadOnlyList<string> SectorWords);
