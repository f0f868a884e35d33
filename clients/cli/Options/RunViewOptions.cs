using System.CommandLine;
using Sjc.Cli.Runs;

namespace Sjc.Cli.Options;

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
        Require(views.Size is >= 8 and <= 1024, size, "in [8, 1024]", views.Size);
        Require(views.Frames <= 1000, frames, "in [0, 1000]", views.Frames);
        Require(views.Supersampling is >= 1 and <= 4, supersampling, "in [1, 4]", views.Supersampling);
        Require(views.ElevationDegrees is >= -90 and <= 90, elevation, "in [-90, 90]", views.ElevationDegrees);
        return views;
    }

    private static void Require(bool condition, Option option, string rule, object actual)
    {
        if (!condition)
        {
            throw CommandException.Usage($"{option.Name} must be {rule}, but is {actual}.");
        }
    }
}
