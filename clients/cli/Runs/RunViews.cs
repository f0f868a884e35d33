namespace Sjc.Cli.Runs;

/// <summary>Which pictures a run ends with.</summary>
internal sealed record RunViews
{
    /// <summary>Pixels along each side.</summary>
    public uint Size { get; init; } = 320;

    /// <summary>Frames of the turntable; 0: none.</summary>
    public uint Frames { get; init; } = 60;

    /// <summary>Sub-pixel rays along each side of a pixel of the views; the turntable has one.</summary>
    public uint Supersampling { get; init; } = 2;

    /// <summary>Degrees above the horizon.</summary>
    public double ElevationDegrees { get; init; } = 20;
}
