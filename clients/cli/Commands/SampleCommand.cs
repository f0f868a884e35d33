using System.CommandLine;
using Grpc.Core;
using Sjc.Cli.Options;
using Sjc.Cli.Pictures;
using Sjc.Cli.Runs;
using Sjc.Cli.Services;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using SkiaSharp;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc sample</c>: 2D pictures of a model.</summary>
internal sealed class SampleCommand
{
    private const int SheetColumns = 8;
    private const uint MaxSide = 4096;

    private readonly CliConsole console;
    private readonly Argument<string?> prompt = new("prompt")
    {
        Description = "What to draw, such as \"front view of a red car\"; without one the unconditional model.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> output = CliOptions.Text("--out", "DIR", "Folder of the pictures [samples].");
    private readonly Option<string?> modelName = CliOptions.Text("--model", "NAME", "The scorer's model [its first].");
    private readonly Option<string?> negative = CliOptions.Text("--negative", "PROMPT", "What guidance leads away from.");
    private readonly Option<uint?> classLabel = CliOptions.Whole("--class", "What to draw, where the model is conditioned by class labels.");
    private readonly Option<double?> guidance = CliOptions.Real("--guidance", "Guidance scale [the model's hint, else 1].");
    private readonly Option<string?> sampler = CliOptions.Text("--sampler", "NAME", "One of the model's samplers [its first].");
    private readonly Option<uint?> steps = CliOptions.Whole("--steps", "Steps [32]; the adaptive solver of probability-flow has its own.");
    private readonly Option<double?> eta = CliOptions.Real("--eta", "Part of the ancestral noise, in [0, 1], of euler-ancestral, ddpm [1] and ddim [0].");
    private readonly Option<double?> tolerance = CliOptions.Real("--tolerance", "Error of one step of probability-flow [1e-5].");
    private readonly Option<double?> signalToNoise = CliOptions.Real("--snr", "Signal-to-noise ratio of the correctors of ve-sde and vp-sde [0.16].");
    private readonly Option<uint?> count = CliOptions.Whole("--count", "Pictures, in [1, 64] [8].");
    private readonly Option<uint?> size = CliOptions.Whole("--size", $"Least side of the written pictures, pixels, in [1, {MaxSide}] [256].");
    private readonly Option<ulong?> seed = CliOptions.LongWhole("--seed", "Of every random number [0].");
    private readonly Option<Uri?> scorer = ServiceAddress.Scorer("[one in this process]");

    private SampleCommand(CliConsole console) => this.console = console;

    public static Command Create(CliConsole console)
    {
        SampleCommand sample = new(console);
        Command command = new("sample", "Draw 2D pictures from a model.")
        {
            sample.prompt, sample.output, sample.modelName, sample.classLabel, sample.negative, sample.guidance, sample.sampler, sample.steps,
            sample.eta, sample.tolerance, sample.signalToNoise, sample.count, sample.size, sample.seed, sample.scorer,
        };
        command.SetAction(sample.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int side = (int)CliOptions.Require(size, parsed.GetValue(size) ?? 256, 1u, MaxSide);
        await using ServiceConnection connection = await ServiceHosting.OpenScorerAsync(parsed.GetValue(scorer), logFile: null, cancellationToken);
        Model model = await ModelChoice.FindAsync(connection.Scorer, parsed.GetValue(modelName), cancellationToken);
        if (model.DataSpace == DataSpace.Latent && model.PixelShape.Count == 0)
        {
            throw CommandException.Usage($"--model must be a model whose pictures can be decoded, but {model.Name} is a latent one without an autoencoder.");
        }

        SampleRequest request = Request(parsed, model);
        await ModelChoice.RequireKnownWordsAsync(
            connection.Scorer, model, [request.Conditioning.Prompt, request.Conditioning.NegativePrompt], cancellationToken);
        string folder = CliOptions.CreateFolder(output.Name, parsed.GetValue(output) ?? "samples");
        Tensor images = (await SampleAsync(connection.Scorer, request, cancellationToken)).Images;
        SKBitmap[] pictures = model.DataSpace == DataSpace.Latent
            ? await DecodeAsync(connection.Scorer, model, images, cancellationToken)
            : ToPictures(images, model.ValueMin, model.ValueMax);
        int written = Write(pictures, folder, side);
        console.WriteLine($"{written} {(written == 1 ? "picture" : "pictures")} and contact-sheet.png in {folder}");
        return ExitCode.Success;
    }

    private SampleRequest Request(ParseResult parsed, Model model)
    {
        SampleRequest request = new()
        {
            Model = model.Name,
            Conditioning = ReadConditioning(parsed),
            Sampler = parsed.GetValue(sampler) ?? string.Empty,
            Seed = parsed.GetValue(seed) ?? 0,
            Count = parsed.GetValue(count) ?? 8,
        };
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

    private Conditioning ReadConditioning(ParseResult parsed)
    {
        Conditioning conditioning = new();
        if (parsed.GetValue(classLabel) is { } label)
        {
            conditioning.ClassLabel = label;
            return parsed.GetValue(prompt) is null ? conditioning : throw CommandException.Usage("--class must stand alone, but there is a prompt too.");
        }

        if (parsed.GetValue(prompt) is { } positive)
        {
            conditioning.Prompt = positive;
        }

        if (parsed.GetValue(negative) is { } text)
        {
            conditioning.NegativePrompt = text;
        }

        return conditioning;
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

    /// <summary>Pictures of latents, in messages of one each: a picture has many times the values of its latents.</summary>
    private static async Task<SKBitmap[]> DecodeAsync(ScoreService.ScoreServiceClient client, Model model, Tensor latents, CancellationToken cancellationToken)
    {
        float[] values = TensorCodec.Decode(latents, "images");
        int[] shape = [1, .. latents.Shape.Skip(1).Select(extent => (int)extent)];
        int count = (int)latents.Shape[0];
        int size = values.Length / count;
        List<SKBitmap> pictures = [];
        for (int image = 0; image < count; image++)
        {
            DecodeLatentsRequest request = new() { Model = model.Name, Latents = TensorCodec.Encode(values.AsSpan(image * size, size), shape) };
            pictures.AddRange(ToPictures((await client.DecodeLatentsAsync(request, cancellationToken: cancellationToken)).Images, -1, 1));
        }

        return [.. pictures];
    }

    private static SKBitmap[] ToPictures(Tensor images, float least, float greatest) =>
        TensorPicture.Decode(TensorCodec.Decode(images, "images"), [.. images.Shape.Select(extent => (int)extent)], least, greatest);

    private static int Write(SKBitmap[] bitmaps, string folder, int side)
    {
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
