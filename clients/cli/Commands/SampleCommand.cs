using System.CommandLine;
using Grpc.Core;
using Sjc.Cli.Options;
using Sjc.Cli.Pictures;
using Sjc.Cli.Runs;
using Sjc.Cli.Services;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using SkiaSharp;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc sample</c>: 2D pictures of a model.</summary>
internal sealed class SampleCommand
{
    private const int SheetColumns = 8;

    private readonly CliConsole console;
    private readonly Argument<string> prompt = new("prompt") { Description = "What to draw, such as \"front view of a red car\"." };
    private readonly Option<string?> output = CliOptions.Text("--out", "DIR", "Folder of the pictures [samples].");
    private readonly Option<string?> modelName = CliOptions.Text("--model", "NAME", "The scorer's model [its first].");
    private readonly Option<string?> negative = CliOptions.Text("--negative", "PROMPT", "What guidance leads away from.");
    private readonly Option<double?> guidance = CliOptions.Real("--guidance", "Guidance scale [the model's hint, else 1].");
    private readonly Option<string?> sampler = CliOptions.Text("--sampler", "NAME", "One of the model's samplers [its first].");
    private readonly Option<uint?> steps = CliOptions.Whole("--steps", "Steps [32]; the adaptive solver of probability-flow has its own.");
    private readonly Option<double?> eta = CliOptions.Real("--eta", "Part of the ancestral noise, in [0, 1], of euler-ancestral, ddpm [1] and ddim [0].");
    private readonly Option<double?> tolerance = CliOptions.Real("--tolerance", "Error of one step of probability-flow [1e-5].");
    private readonly Option<double?> signalToNoise = CliOptions.Real("--snr", "Signal-to-noise ratio of the correctors of ve-sde and vp-sde [0.16].");
    private readonly Option<uint?> count = CliOptions.Whole("--count", "Pictures, in [1, 64] [8].");
    private readonly Option<uint?> size = CliOptions.Whole("--size", "Least side of the written pictures, pixels [256].");
    private readonly Option<ulong?> seed = CliOptions.LongWhole("--seed", "Of every random number [0].");
    private readonly Option<Uri?> scorer = ServiceAddress.Scorer("[one in this process]");

    private SampleCommand(CliConsole console) => this.console = console;

    public static Command Create(CliConsole console)
    {
        SampleCommand sample = new(console);
        Command command = new("sample", "Draw 2D pictures from a model.")
        {
            sample.prompt, sample.output, sample.modelName, sample.negative, sample.guidance, sample.sampler, sample.steps,
            sample.eta, sample.tolerance, sample.signalToNoise, sample.count, sample.size, sample.seed, sample.scorer,
        };
        command.SetAction(sample.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using ServiceConnection connection = await ServiceHosting.OpenScorerAsync(parsed.GetValue(scorer), logFile: null, cancellationToken);
        Model model = await ModelChoice.FindAsync(connection.Scorer, parsed.GetValue(modelName), cancellationToken);
        if (model.DataSpace == DataSpace.Latent)
        {
            throw CommandException.Usage($"--model must be a pixel model, but {model.Name} is a latent one.");
        }

        SampleRequest request = Request(parsed, model);
        await ModelChoice.RequireKnownWordsAsync(
            connection.Scorer, model, [request.Conditioning.Prompt, request.Conditioning.NegativePrompt], cancellationToken);
        SampleResult result = await SampleAsync(connection.Scorer, request, cancellationToken);
        string folder = parsed.GetValue(output) ?? "samples";
        int written = Write(result, model, folder, (int)(parsed.GetValue(size) ?? 256));
        console.WriteLine($"{written} pictures and contact-sheet.png in {Path.GetFullPath(folder)}");
        return ExitCode.Success;
    }

    private SampleRequest Request(ParseResult parsed, Model model)
    {
        SampleRequest request = new()
        {
            Model = model.Name,
            Conditioning = new Conditioning { Prompt = parsed.GetRequiredValue(prompt) },
            Sampler = parsed.GetValue(sampler) ?? string.Empty,
            Seed = parsed.GetValue(seed) ?? 0,
            Count = parsed.GetValue(count) ?? 8,
        };
        if (parsed.GetValue(negative) is { } text)
        {
            request.Conditioning.NegativePrompt = text;
        }

        if (parsed.GetValue(guidance) is { } scale)
        {
            request.GuidanceScale = scale;
        }
        else if (model.Hints is { HasGuidanceScale: true } hints)
        {
            request.GuidanceScale = hints.GuidanceScale;
        }

        if (parsed.GetValue(steps) is { } number)
        {
            request.Steps = number;
        }

        Set(parsed.GetValue(eta), value => request.Eta = value);
        Set(parsed.GetValue(tolerance), value => request.Tolerance = value);
        Set(parsed.GetValue(signalToNoise), value => request.SignalToNoise = value);
        return request;

        static void Set(double? given, Action<double> assign)
        {
            if (given is { } value)
            {
                assign(value);
            }
        }
    }

    private async Task<SampleResult> SampleAsync(ScoreService.ScoreServiceClient client, SampleRequest request, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<SampleResponse> call = client.Sample(request, cancellationToken: cancellationToken);
        TextWriter writer = console.Output.Profile.Out.Writer;
        await foreach (SampleResponse response in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (response.Result is { } result)
            {
                return result;
            }

            if (console.Interactive && response.Progress is { } progress)
            {
                string end = progress.Step == progress.Steps ? "\n" : string.Empty;
                await writer.WriteAsync($"\rstep {progress.Step}/{progress.Steps}{end}");
            }
        }

        throw CommandException.Failure("The scorer's answer must end with pictures, but ended without.");
    }

    private static int Write(SampleResult result, Model model, string folder, int side)
    {
        Directory.CreateDirectory(folder);
        SKBitmap[] bitmaps = TensorPicture.Decode(TensorCodec.Decode(result.Images, "images"), [.. result.Images.Shape.Select(extent => (int)extent)], model.ValueMin, model.ValueMax);
        List<(string Caption, SKBitmap Picture)> tiles = [];
        for (int i = 0; i < bitmaps.Length; i++)
        {
            using SKBitmap small = bitmaps[i];
            SKBitmap large = PictureFile.Enlarge(small, side);
            PictureFile.WritePng(Path.Combine(folder, $"sample-{i:00}.png"), large);
            tiles.Add(($"{i}", large));
        }

        ContactSheet.Write(Path.Combine(folder, "contact-sheet.png"), tiles, Math.Min(SheetColumns, tiles.Count));
        tiles.ForEach(tile => tile.Picture.Dispose());
        return tiles.Count;
    }
}
