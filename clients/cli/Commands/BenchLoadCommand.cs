using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Sjc.Benchmarks;
using Sjc.Benchmarks.Loading;
using Sjc.Cli.Options;
using Sjc.Cli.Reports;
using Sjc.Diffusion.Checkpoints.Fabrication;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc bench load</c>: peak memory and speed of loading a full-size model, against reading its files with cat.</summary>
internal sealed class BenchLoadCommand
{
    private const string ChildName = "load-once";
    private const uint MaxRounds = 1000;

    private static readonly string[] DataTypes = ["f16", "f32"];

    private readonly CliConsole console;
    private readonly Option<string?> json = CliOptions.JsonFile();
    private readonly Option<uint?> rounds = CliOptions.Whole("--rounds", "Loads of each case, by turns with cat [3].");
    private readonly Option<string[]> dataTypes = new("--dtype") { Description = "What the files store and the model computes in [f16 and f32, one after the other].", HelpName = "f16|f32", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> folder = CliOptions.Text("--folder", "DIR", $"Where the fabricated files lie for the time of the run (up to 4.3 GB) [{Path.GetTempPath()}].");
    private readonly Option<string?> existing = CliOptions.Text("--model", "DIR", "A checkpoint's folder that is there, instead of fabricated ones; loaded as it is stored, in the type of --dtype.");

    private BenchLoadCommand(CliConsole console)
    {
        this.console = console;
        dataTypes.AcceptOnlyFromAmong(DataTypes);
    }

    public static Command Create(CliConsole console)
    {
        BenchLoadCommand bench = new(console);
        Command command = new("load", "Load a fabricated Stable Diffusion 1.5 in a process of its own: peak memory over the weights, speed over cat from a warm page cache.")
        {
            bench.json, bench.rounds, bench.dataTypes, bench.folder, bench.existing,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => bench.Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    /// <summary>The process that is measured; it prints its measurement as JSON.</summary>
    public static Command CreateChild(CliConsole console)
    {
        Argument<string> path = new("path");
        Option<string> dataType = new("--dtype") { Required = true };
        Command command = new(ChildName) { path, dataType };
        command.Hidden = true;
        command.SetAction(parsed => console.WriteLine(JsonSerializer.Serialize(
            ModelFileOptions.Guard(() => LoadMeasurement.Take(parsed.GetRequiredValue(path), DataTypeNames.Parse(parsed.GetRequiredValue(dataType)))))));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        int count = (int)CliOptions.Require(rounds, parsed.GetValue(rounds) ?? 3, 1u, MaxRounds);
        string place = ReadFolder(folder, parsed.GetValue(folder) ?? Path.GetTempPath());
        string? model = parsed.GetValue(existing) is { } given ? ReadFolder(existing, given) : null;
        BenchReport report = new("bench load");
        foreach (string dataType in parsed.GetValue(dataTypes) is { Length: > 0 } asked ? asked.Distinct() : DataTypes)
        {
            if (model is not null)
            {
                Measure(report, model, dataType, count, cancellationToken);
            }
            else
            {
                MeasureFabricated(report, place, dataType, count, cancellationToken);
            }
        }

        report.Write(console, parsed.GetValue(json));
        return ExitCode.Success;
    }

    private static string ReadFolder(Option option, string path) =>
        Directory.Exists(path) ? Path.GetFullPath(path) : throw CommandException.Usage($"{option.Name} must be a folder that is there, but is {path}.");

    private void MeasureFabricated(BenchReport report, string folder, string dataType, int count, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, $"sjc-bench-load-{Environment.ProcessId}-{dataType}");
        try
        {
            console.WriteLine($"Fabricating {path} …");
            CheckpointFabrication.Plan("sd15", DataTypeNames.Parse(dataType)).Write(path, seed: 0, tokenizer: null, _ => { }, cancellationToken);
            Measure(report, path, dataType, count, cancellationToken);
        }
        finally
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    private void Measure(BenchReport report, string path, string dataType, int count, CancellationToken cancellationToken)
    {
        string[] files = Directory.GetFiles(path, "*.safetensors", SearchOption.AllDirectories);
        long fileBytes = files.Sum(file => new FileInfo(file).Length);
        Start("sync", []);
        SecondsOfCat(files); // the page cache is warm from here on
        List<double> cats = [];
        List<LoadMeasurement> loads = [];
        for (int round = 0; round < count; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cats.Add(SecondsOfCat(files));
            loads.Add(Load(path, dataType));
            console.WriteLine($"{dataType}, round {round + 1}: cat {cats[^1]:F2} s, load {loads[^1].Seconds:F2} s");
        }

        LoadMeasurement worst = loads.MaxBy(load => load.PeakBytes)!;
        report.Add(dataType, "peak_over_weights", (double)worst.PeakBytes / worst.WeightBytes);
        report.Add(dataType, "throughput_over_cat", Statistics.Median(cats.Zip(loads, (cat, load) => cat / load.Seconds)));
        report.Add(dataType, "weights", worst.WeightBytes / 1e6, "MB");
        report.Add(dataType, "peak", worst.PeakBytes / 1e6, "MB");
        report.Add(dataType, "before_loading", worst.StartBytes / 1e6, "MB");
        report.Add(dataType, "load", Statistics.Median(loads.Select(load => load.Seconds)), "s");
        report.Add(dataType, "cat", Statistics.Median(cats), "s");
        report.Add(dataType, "load_rate", fileBytes / 1e9 / Statistics.Median(loads.Select(load => load.Seconds)), "GB/s");
    }

    private static LoadMeasurement Load(string path, string dataType)
    {
        string host = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(host) == "dotnet" ? ["exec", typeof(BenchLoadCommand).Assembly.Location] : [];
        return JsonSerializer.Deserialize<LoadMeasurement>(Start(host, [.. program, "bench", ChildName, path, "--dtype", dataType]))!;
    }

    private static double SecondsOfCat(string[] files)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Start("sh", ["-c", "cat \"$@\" > /dev/null", "cat", .. files]);
        return watch.Elapsed.TotalSeconds;
    }

    private static string Start(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw CommandException.Failure($"{program} must start, but does not.");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw CommandException.Failure($"{program} must end without a fault, but ends with {process.ExitCode}.");
    }
}
