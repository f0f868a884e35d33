using System.CommandLine;
using Sjc.Cli.Options;
using Sjc.Cli.Pictures;
using Sjc.Cli.Runs;
using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc render</c>: pictures of a job's field as it is now.</summary>
internal sealed class RenderCommand
{
    private const uint MaxViews = 1000;

    private readonly Argument<string> target = new("target") { Description = "A run's folder, or a job's id with --optimizer." };
    private readonly Option<string?> output = CliOptions.Text("--out", "DIR", "Folder of the pictures [renders].");
    private readonly Option<uint?> count = CliOptions.Whole("--views", $"Views at equal angles around the object, starting at the front, in [1, {MaxViews}] [8].");
    private readonly Option<double?> azimuth = CliOptions.Real("--azimuth", "One view from this azimuth instead, degrees; 0 is the front.");
    private readonly Option<double?> elevation = CliOptions.Real("--elevation", "Degrees above the horizon [20].");
    private readonly Option<uint?> size = CliOptions.Whole("--size", "Pixels along each side [512].");
    private readonly Option<double?> fov = CliOptions.Real("--fov", "Horizontal field of view, degrees [50].");
    private readonly Option<double?> radius = CliOptions.Real("--radius", "Distance from the centre, world units [the job's].");
    private readonly Option<uint?> supersampling = CliOptions.Whole("--supersampling", "Rays along each side of a pixel [2].");
    private readonly Option<bool> depth = new("--depth") { Description = "Write depth pictures too." };
    private readonly Option<Uri?> optimizer = ServiceAddress.Optimizer("[the run's, or one in this process]");

    private RenderCommand()
    {
    }

    public static Command Create(CliConsole console)
    {
        RenderCommand render = new();
        Command command = new("render", "Render pictures of a job's field.")
        {
            render.target, render.output, render.count, render.azimuth, render.elevation, render.size, render.fov, render.radius, render.supersampling, render.depth, render.optimizer,
        };
        command.SetAction((parsed, cancellationToken) => render.RunAsync(console, parsed, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(CliConsole console, ParseResult parsed, CancellationToken cancellationToken)
    {
        uint turn = CliOptions.Require(count, parsed.GetValue(count) ?? 8, 1u, MaxViews);
        await using JobTarget job = await JobTarget.OpenAsync(parsed.GetRequiredValue(target), parsed.GetValue(optimizer), cancellationToken);
        uint side = parsed.GetValue(size) ?? 512;
        RenderViewsRequest request = new()
        {
            Id = job.Id,
            Width = side,
            Height = side,
            FovDegrees = parsed.GetValue(fov) ?? 0,
            Radius = parsed.GetValue(radius) ?? 0,
            Supersampling = parsed.GetValue(supersampling) ?? 2,
        };
        double height = parsed.GetValue(elevation) ?? 20;
        IReadOnlyList<OrbitView> views = parsed.GetValue(azimuth) is { } one
            ? [new OrbitView { AzimuthDegrees = one, ElevationDegrees = height }]
            : ViewDownload.Turn(turn, height);
        string folder = CliOptions.CreateFolder(output.Name, parsed.GetValue(output) ?? "renders");
        RenderViewsResponse[] rendered = await ViewDownload.RenderAsync(job.Connection.Optimizer, request, views, cancellationToken);

        for (int i = 0; i < rendered.Length; i++)
        {
            string name = $"azimuth-{views[i].AzimuthDegrees:000.##}-elevation-{views[i].ElevationDegrees:00.##}";
            PictureFile.ReplaceFile(Path.Combine(folder, $"{name}.png"), rendered[i].Picture.Png.Span);
            if (parsed.GetValue(depth))
            {
                PictureFile.ReplaceFile(Path.Combine(folder, $"{name}-depth.png"), rendered[i].DepthPicture.Png.Span);
            }
        }

        console.WriteLine($"{rendered.Length} views in {folder}");
        return ExitCode.Success;
    }
}
