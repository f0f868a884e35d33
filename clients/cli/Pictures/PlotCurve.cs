using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>One line of a chart.</summary>
/// <param name="Label">Its name in the legend.</param>
/// <param name="Colour">The line's.</param>
/// <param name="Points">In order of x; both coordinates positive.</param>
internal sealed record PlotCurve(string Label, SKColor Colour, IReadOnlyList<(double X, double Y)> Points);
