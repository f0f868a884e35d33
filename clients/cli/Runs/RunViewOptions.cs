using System.CommandLine;
using Sjc.Cli.Options;

namespace Sjc.Cli.Runs;

/// <summary>Which pictures a run ends with.</summary>
internal sealed class RunViewOptions
{
    private readonly Option<uint?> size = CliOptions.Whole("--view-size", "Side of the views and the turntable, pixels, in [8, 1024] [320].");
    private readonly Option<uint?> frames = CliOptions.Whole("--frames", "Frames of the turntable, at most 1000; 0: none [60].");
    private readonly Option<uint?> supersampling = CliOptions.Whole("--supersampling", "Rays along each side of a view's pixel, in [1, 4] [2].");
    private readonly Option<double?> elevation = CliOptions.Real("--elevation", "Of views and turntable, degrees above the horizon, in [-90, 90] [20].");

    public void AddTo(Command command)
    {
        command.Add(size);
        command.Add(frames);
        command.Add(supersampling);
        command.Add(elevation);
    }

    /// <summary>What the command line says, and <paramref name="otherwise"/> where it says nothing.</summary>
    /// <exception cref="CommandException">A value is out of range: better known before the run than after.</exception>
    public RunViews Read(ParseResult parsed, RunViews otherwise)
    {
        RunViews views = new()
        {
            Size = parsed.GetValue(size) ?? otherwise.Size,
            Frames = parsed.GetValue(frames) ?? otherwise.Frames,
            Supersampling = parsed.GetValue(supersampling) ?? otherwise.Supersampling,
            ElevationDegrees = parsed.GetValue(elevation) ?? otherwise.ElevationDegrees,
        };
        CliOptions.Require(size, views.Size, 8u, 1024u);
        CliOptions.Require(frames, views.Frames, 0u, 1000u);
        CliOptions.Require(supersampling, views.Supersampling, 1u, 4u);
        CliOptions.Require(elevation, views.ElevationDegrees, -90, 90);
        return views;
    }
}
