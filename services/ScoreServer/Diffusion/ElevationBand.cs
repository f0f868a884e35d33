namespace Sjc.Diffusion;

/// <summary>A band of elevations of a <see cref="ViewWording"/>, cut into equal sectors of azimuth.</summary>
/// <param name="maxElevationDegrees">Upper end of the band, degrees above the horizon, in (−90, 90].</param>
/// <param name="sectorWords">One wording a sector, at least one; sector 0 is centred on azimuth 0.</param>
public sealed class ElevationBand(double maxElevationDegrees, IReadOnlyList<string> sectorWords)
{
    /// <summary>Upper end of the band, degrees above the horizon, in (−90, 90].</summary>
    public double MaxElevationDegrees { get; } = maxElevationDegrees is > -90 and <= 90
        ? maxElevationDegrees
        : throw new ArgumentException($"{nameof(maxElevationDegrees)} must be in (-90, 90], but is {maxElevationDegrees}.", nameof(maxElevationDegrees));

    /// <summary>One wording a sector, at least one; sector 0 is centred on azimuth 0.</summary>
    public IReadOnlyList<string> SectorWords { get; } = sectorWords.Count > 0
        ? sectorWords
        : throw new ArgumentException($"{nameof(sectorWords)} must have at least one entry, but is empty.", nameof(sectorWords));
}
