using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.StableDiffusion;
using Sjc.Diffusion.Scoring;
using Sjc.Diffusion.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.StableDiffusion;

[Trait("Category", "Golden")]
public sealed class StableDiffusionGoldenTests
{
    public static TheoryData<string> All => StableDiffusionCase.All;

    public static TheoryData<string> TextFiles => StableDiffusionCase.TextFiles;

    [Theory]
    [MemberData(nameof(All))]
    public void UNet_Golden_MatchesOutputAndBlocks(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        using UNet unet = StableDiffusionFiles.Read(golden.Probe).LoadUNet(ScalarType.Float32, CPU);
        using IDisposable untracked = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        List<string> seen = [];
        double[] timesteps = [.. golden.Golden.Integers("unet.t").Select(t => (double)t)];

        Tensor actual = unet.Forward(golden.Tensor("unet.x"), timesteps, golden.Tensor("unet.context"), golden.Compare("act.unet.", seen));

        golden.RequireEqual("unet.out", actual, StableDiffusionCase.OutputTolerance);
        Assert.Equal(golden.Activations("act.unet."), seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Autoencoder_Golden_MatchesBothWays(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        using Autoencoder autoencoder = StableDiffusionFiles.Read(golden.Probe).LoadAutoencoder(ScalarType.Float32, CPU);
        using IDisposable untracked = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        List<string> seen = [];
        Tensor image = golden.Tensor("vae.image");
        double scaling = autoencoder.Configuration.ScalingFactor;

        Tensor moments = autoencoder.EncodeMoments(image, golden.Compare("act.vae.", seen));
        golden.RequireEqual("vae.moments", moments, StableDiffusionCase.OutputTolerance);
        golden.RequireEqual("vae.mean", autoencoder.Encode(image) / scaling, StableDiffusionCase.OutputTolerance);
        golden.RequireEqual("vae.sample", autoencoder.Encode(image, golden.Tensor("vae.noise")) / scaling, StableDiffusionCase.OutputTolerance);
        golden.RequireEqual("vae.latent", autoencoder.Encode(image, golden.Tensor("vae.noise")), StableDiffusionCase.OutputTolerance);
        golden.RequireEqual("vae.decoded", autoencoder.Decode(golden.Tensor("vae.latent"), golden.Compare("act.vae.", seen)), StableDiffusionCase.OutputTolerance);
        Assert.Equal(golden.Activations("act.vae."), seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void TextEncoder_Golden_MatchesIdsAndStates(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        StableDiffusionFiles files = StableDiffusionFiles.Read(golden.Probe);
        using ClipTextEncoder text = files.LoadTextEncoder(ScalarType.Float32, CPU);
        ClipTokenizer tokenizer = ClipTokenizer.Load(files.TokenizerPath!, text.Configuration.Positions);
        string[] prompts = Prompts(golden);

        long[] ids = [.. prompts.SelectMany(prompt => tokenizer.Pad(tokenizer.Encode(prompt)))];

        Assert.Equal(golden.Golden.Integers("text.input_ids"), ids);
        RequireStates(golden, text, ids);
    }

    [Theory]
    [MemberData(nameof(TextFiles))]
    public void TextEncoder_OpenClipFile_MatchesStates(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        ModelConfig config = ModelConfig.Read(Path.Combine(golden.Probe.Folder, $"{name[..name.IndexOf('-')]}-compvis.json"), "yaml");
        (ClipConfiguration configuration, NetworkSource source) = CompVisLayout.ReadText(golden.Probe, golden.Probe.Weights!, config.Section("model.params"));
        using ClipTextEncoder text = source.Load(reader => new ClipTextEncoder(reader, configuration), ScalarType.Float32, CPU);

        RequireStates(golden, text, golden.Golden.Integers("text.input_ids"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Denoiser_GoldenSweep_MatchesDenoisedAndScore(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        using IDenoiser denoiser = new StableDiffusionFamily().Load(golden.Probe, golden.Options);
        int[] shape = golden.Golden.Shape("sweep.x");
        double[] used = golden.Golden.Doubles("sweep.sigma_used");
        double[] requested = golden.Golden.Doubles("sweep.sigma_request");
        Sjc.Diffusion.Schedules.SigmaLadder ladder = new(denoiser.Description.SigmaLadder!);
        double[] snapped = [.. requested.Select(sigma => ladder.Snap(sigma).Sigma)];
        golden.RequireEqual("sweep.sigma_used", used, snapped, 1e-12);
        Assert.Equal(golden.Golden.Integers("sweep.t"), requested.Select(sigma => (long)ladder.Timestep(ladder.Snap(sigma).Index)));

        Condition condition = denoiser.EncodePrompt(Prompts(golden)[1]).Condition;
        foreach (string guidance in golden.Golden.File.Header.Entries.Select(entry => entry.Name).Where(entry => entry.StartsWith("sweep.g", StringComparison.Ordinal) && entry.EndsWith(".score", StringComparison.Ordinal)))
        {
            string group = guidance[..^".score".Length];
            ScoreResult result = ScoreEvaluation.Evaluate(denoiser, new ScoreQuery(
                new DataShape(shape[1], shape[2], shape[3]), golden.Golden.Floats("sweep.x"), snapped, [.. used.Select(_ => condition)])
            {
                NegativeConditions = [.. used.Select(_ => denoiser.Unconditional)],
                GuidanceScale = double.Parse(group["sweep.g".Length..], System.Globalization.CultureInfo.InvariantCulture),
            });

            golden.RequireEqual(group + ".denoised", golden.Golden.Doubles(group + ".denoised"), [.. result.Denoised.Select(value => (double)value)], StableDiffusionCase.OutputTolerance);
            golden.RequireEqual(group + ".score", golden.Golden.Doubles(group + ".score"), [.. result.Score.Select(value => (double)value)], StableDiffusionCase.OutputTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void UNet_GoldenSweep_MatchesRawOutputs(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        using UNet unet = StableDiffusionFiles.Read(golden.Probe).LoadUNet(ScalarType.Float32, CPU);
        using IDisposable untracked = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        double[] timesteps = [.. golden.Golden.Integers("sweep.t").Select(t => (double)t)];
        Tensor scales = tensor(golden.Golden.Doubles("sweep.sigma_used").Select(sigma => 1 / Math.Sqrt(1 + (sigma * sigma))).ToArray()).view(-1, 1, 1, 1);
        Tensor x = (golden.Tensor("sweep.x") * scales).to(float32);
        foreach (string kind in (string[])["cond", "uncond"])
        {
            Tensor context = golden.Tensor(kind).expand(timesteps.Length, -1, -1);

            golden.RequireEqual("sweep.out_" + kind, unet.Forward(x, timesteps, context), StableDiffusionCase.OutputTolerance);
        }
    }

    private static string[] Prompts(StableDiffusionCase golden)
    {
        string path = Path.Combine(Sjc.Golden.GoldenFolder.Root, "models", $"{golden.Name[..golden.Name.IndexOf('-')]}-diffusers", "io.json");
        return [.. ModelConfig.Read(path, "io.json").Texts("prompts")!];
    }

    private static void RequireStates(StableDiffusionCase golden, ClipTextEncoder text, long[] ids)
    {
        using IDisposable untracked = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        List<string> seen = [];

        // Intermediate results are those of row 1.
        Tensor actual = text.Forward(ids, golden.Compare("act.text.", seen, row: 1));

        golden.RequireEqual("text.last_hidden_state", actual, StableDiffusionCase.OutputTolerance);
        golden.RequireEqual("cond", actual.narrow(0, 1, 1), StableDiffusionCase.OutputTolerance);
        golden.RequireEqual("uncond", actual.narrow(0, 0, 1), StableDiffusionCase.OutputTolerance);
        Assert.Equal(golden.Activations("act.text."), seen.Order(StringComparer.Ordinal));
    }
}
