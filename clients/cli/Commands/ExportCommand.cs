using System.CommandLine;
using Sjc.Cli.Options;
using Sjc.Cli.Runs;
using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc export</c>: a job's mesh or field as a file.</summary>
internal static class ExportCommand
{
    private static readonly Dictionary<string, (AssetFormat Format, string File)> Formats = new(StringComparer.Ordinal)
    {
        ["glb"] = (AssetFormat.Glb, "mesh.glb"),
        ["ply"] = (AssetFormat.Ply, "mesh.ply"),
        ["field"] = (AssetFormat.Field, "field.safetensors"),
    };

    public static Command Create(CliConsole console)
    {
        Argument<string> target = new("target") { Description = "A run's folder, or a job's id with --optimizer." };
        Option<string?> format = CliOptions.Text("--format", "glb|ply|field", "Mesh with vertex colours (binary glTF 2.0 or PLY), or the field (safetensors) [glb].");
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        Option<string?> output = CliOptions.Text("--out", "FILE", "The file [mesh.glb, mesh.ply or field.safetensors].");
        Option<double?> threshold = CliOptions.Real("--density-threshold", "Density of the mesh's surface, per world unit [chosen from the field].");
        Option<Uri?> optimizer = ServiceAddress.Optimizer("[the run's, or one in this process]");
        Command command = new("export", "Write a job's mesh or field to a file.") { target, format, output, threshold, optimizer };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            (AssetFormat asset, string file) = Formats[parsed.GetValue(format) ?? "glb"];
            await using JobTarget job = await JobTarget.OpenAsync(parsed.GetRequiredValue(target), parsed.GetValue(optimizer), cancellationToken);
            ExportAssetRequest request = new() { Id = job.Id, Format = asset, DensityThreshold = parsed.GetValue(threshold) ?? 0 };
            string path = parsed.GetValue(output) ?? file;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            long bytes = await AssetDownload.SaveAsync(job.Connection.Optimizer, request, path, cancellationToken);
            console.WriteLine($"{path}  {bytes} bytes");
            return ExitCode.Success;
        });
        return command;
    }
}
