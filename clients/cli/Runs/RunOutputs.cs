using System.Diagnostics;
using Sjc.Cli.Diagnostics;
using Sjc.Cli.Jobs;
using Sjc.Cli.Pictures;
using Sjc.Contracts.Field.V1;
using SkiaSharp;

namespace Sjc.Cli.Runs;

/// <summary>Writes all files of a finished run.</summary>
/// <param name="client">Of the optimizer that holds the job.</param>
/// <param name="folder">Where they go.</param>
/// <param name="views">Which pictures.</param>
internal sealed class RunOutputs(FieldService.FieldServiceClient client, RunFolder folder, RunViews views)
{
    private const uint ViewCount = 8;
    private const int SheetColumns = 4;

    private readonly Dictionary<string, double> timings = [];
    private readonly List<string> notes = [];

    /// <summary>Seconds spent in each part.</summary>
    public IReadOnlyDictionary<string, double> Timings => timings;

    /// <summary>What is missing, and why.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Writes everything; files that are there are replaced.</summary>
    public async Task WriteAsync(Job job, LossHistory history, CancellationToken cancellationToken)
    {
        history.Write(folder.Losses);
        LossPlot.Write(folder.LossPlot, history.Points, job.Progress.Iterations);
        await MeasureAsync("views_seconds", () => WriteViewsAsync(job.Id, cancellationToken));
        await MeasureAsync("turntable_seconds", () => WriteTurntableAsync(job.Id, cancellationToken));
        await MeasureAsync("export_seconds", () => ExportAsync(job.Id, cancellationToken));
    }

    private async Task WriteViewsAsync(string id, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder.Views);
        Directory.CreateDirectory(folder.Depth);
        IReadOnlyList<OrbitView> turn = ViewDownload.Turn(ViewCount, views.ElevationDegrees);
        RenderViewsResponse[] rendered = await ViewDownload.RenderAsync(client, Request(id, views.Supersampling), turn, cancellationToken);
        notes.AddRange(rendered.Select(view => view.Note).Where(note => note.Length > 0).Distinct().Select(note => $"pictures: {note}"));
        List<(string Caption, SKBitmap Picture)> tiles = [];
        try
        {
            for (int i = 0; i < rendered.Length; i++)
            {
                string name = $"azimuth-{turn[i].AzimuthDegrees:000}.png";
                PictureFile.ReplaceFile(Path.Combine(folder.Views, name), rendered[i].Picture.Png.Span);
                PictureFile.ReplaceFile(Path.Combine(folder.Depth, name), rendered[i].DepthPicture.Png.Span);
                tiles.Add(($"azimuth {turn[i].AzimuthDegrees:0}°", PictureFile.Decode(rendered[i].Picture.Png.Span)));
            }

            tiles.AddRange(rendered.Select((view, i) => ($"depth, azimuth {turn[i].AzimuthDegrees:0}°", PictureFile.Decode(view.DepthPicture.Png.Span))));
            ContactSheet.Write(folder.ContactSheet, tiles, SheetColumns);
        }
        finally
        {
            tiles.ForEach(tile => tile.Picture.Dispose());
        }
    }

    private async Task WriteTurntableAsync(string id, CancellationToken cancellationToken)
    {
        if (views.Frames == 0)
        {
            notes.Add("turntable: no frames were asked for.");
            return;
        }

        RenderViewsResponse[] rendered = await ViewDownload.RenderAsync(
            client, Request(id, supersampling: 1), ViewDownload.Turn(views.Frames, views.ElevationDegrees), cancellationToken);
        byte[][] frames = [.. rendered.Select(view => view.Picture.Png.ToByteArray())];
        Turntable.WriteWebp(folder.TurntableWebp, frames);
        string? problem = MachineChecks.FindExecutable("ffmpeg") is { } ffmpeg
            ? await Turntable.TryWriteMp4Async(folder.TurntableMp4, frames, ffmpeg, cancellationToken)
            : "ffmpeg is not installed.";
        if (problem is not null)
        {
            notes.Add($"turntable.mp4 was not written: {problem}");
        }
    }

    private async Task ExportAsync(string id, CancellationToken cancellationToken)
    {
        foreach ((AssetFormat format, string path) in new[] { (AssetFormat.Glb, folder.MeshGlb), (AssetFormat.Ply, folder.MeshPly), (AssetFormat.Field, folder.Field) })
        {
            await AssetDownload.SaveAsync(client, new ExportAssetRequest { Id = id, Format = format }, path, cancellationToken);
        }
    }

    private RenderViewsRequest Request(string id, uint supersampling) => new() { Id = id, Width = views.Size, Height = views.Size, Supersampling = supersampling };

    private async Task MeasureAsync(string name, Func<Task> part)
    {
        long start = Stopwatch.GetTimestamp();
        await part();
        timings[name] = Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
