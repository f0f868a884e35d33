using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sjc.Cli.Options;
using Sjc.Diffusion.Checkpoints.Fabrication;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc models fabricate</c>: writes a full-size checkpoint of random weights.</summary>
internal static class ModelsFabricateCommand
{
    private const int ProgressLines = 10;

    public static Command Create(CliConsole console)
    {
        Option<string?> kind = CliOptions.Text("--kind", string.Join('|', CheckpointFabrication.Kinds), $"What to write [{CheckpointFabrication.Kinds[0]}].");
        kind.AcceptOnlyFromAmong([.. CheckpointFabrication.Kinds]);
        Option<DirectoryInfo> output = new("--out") { Description = "Folder to write; it must be new or empty.", HelpName = "DIR", Required = true };
        Option<string?> dataType = CliOptions.Text("--dtype", "f16|f32", "What to store [f16].");
        dataType.AcceptOnlyFromAmong("f16", "f32");
        Option<ulong?> seed = CliOptions.LongWhole("--seed", "Of the weights [0].");
        Option<DirectoryInfo?> tokenizer = new("--tokenizer") { Description = "Folder of CLIP's vocab.json and merges.txt to copy [a tokenizer whose tokens are bytes].", HelpName = "DIR" };
        Command command = new("fabricate", "Write a full-size checkpoint of seeded random weights, to measure loading and speed without trained ones.") { kind, output, dataType, seed, tokenizer };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => Run(
                console, CheckpointFabrication.Plan(parsed.GetValue(kind) ?? CheckpointFabrication.Kinds[0], DataTypeNames.Parse(parsed.GetValue(dataType) ?? "f16")),
                parsed.GetRequiredValue(output), parsed.GetValue(seed) ?? 0, parsed.GetValue(tokenizer), cancellationToken),
            CancellationToken.None));
        return command;
    }

    private static int Run(CliConsole console, CheckpointFabrication fabrication, DirectoryInfo output, ulong seed, DirectoryInfo? tokenizer, CancellationToken cancellationToken)
    {
        if (output.Exists && output.EnumerateFileSystemInfos().Any())
        {
            throw CommandException.Usage($"--out must be a new or empty folder, but {output.FullName} holds something.");
        }

        bool existed = output.Exists;
        CliOptions.CreateFolder("--out", output.FullName);
        long free = new DriveInfo(output.FullName).AvailableFreeSpace;
        if (free < fabrication.WeightByteCount)
        {
            throw CommandException.Failure($"{output.FullName} must have room for {fabrication.WeightByteCount:N0} bytes, but has {free:N0}.");
        }

        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            fabrication.Write(output.FullName, seed, tokenizer?.FullName, Progress(console, fabrication.WeightByteCount), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            RemoveContent(output, existed);
            throw;
        }

        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Wrote {fabrication.ParameterCount:N0} random parameters, {fabrication.WeightByteCount / 1e9:F2} GB, in {watch.Elapsed.TotalSeconds:F1} s: {output.FullName}"));
        console.WriteLine(tokenizer is null
            ? "Its tokenizer takes bytes for tokens, since CLIP's vocabulary does not ship with the product: --tokenizer DIR copies vocab.json and merges.txt."
            : $"Its tokenizer is that of {tokenizer.FullName}.");
        return ExitCode.Success;
    }

    /// <summary>Removes half a checkpoint, which is of no use and would be in the way of the next one; a folder that was there before stays.</summary>
    private static void RemoveContent(DirectoryInfo output, bool existed)
    {
        if (!existed)
        {
            output.Delete(recursive: true);
            return;
        }

        foreach (FileInfo file in output.EnumerateFiles())
        {
            file.Delete();
        }

        foreach (DirectoryInfo folder in output.EnumerateDirectories())
        {
            folder.Delete(recursive: true);
        }
    }

    private static Action<long> Progress(CliConsole console, long total)
    {
        long done = 0;
        int steps = console.Interactive ? 200 : ProgressLines;
        long shown = 0;
        return bytes =>
        {
            done += bytes;
            long step = done * steps / total;
            if (step == shown)
            {
                return;
            }

            shown = step;
            string line = string.Create(CultureInfo.InvariantCulture, $"{done / 1e9:F2} of {total / 1e9:F2} GB");
            if (console.Interactive)
            {
                const int Width = 32;
                int filled = (int)(done * Width / total);
                console.Output.Profile.Out.Writer.Write($"\r[{new string('#', filled)}{new string('.', Width - filled)}] {line}{(done == total ? "\n" : " ")}");
            }
            else
            {
                console.WriteLine(line);
            }
        };
    }
}
