using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>The networks of a Stable Diffusion checkpoint: their sizes, and where their tensors lie.</summary>
internal sealed class StableDiffusionFiles
{
    /// <summary>Sizes of the UNet.</summary>
    public required UNetConfiguration UNetConfiguration { get; init; }

    /// <summary>The UNet's tensors.</summary>
    public required NetworkSource UNetSource { get; init; }

    /// <summary>Sizes of the text encoder.</summary>
    public required ClipConfiguration TextConfiguration { get; init; }

    /// <summary>The text encoder's tensors.</summary>
    public required NetworkSource TextSource { get; init; }

    /// <summary>Sizes of the autoencoder.</summary>
    public required AutoencoderConfiguration AutoencoderConfiguration { get; init; }

    /// <summary>The autoencoder's tensors.</summary>
    public required NetworkSource AutoencoderSource { get; init; }

    /// <summary>Noise levels and prediction.</summary>
    public required PredictionSchedule Schedule { get; init; }

    /// <summary>Folder of vocab.json and merges.txt, or a merges file alone; null where none is at hand.</summary>
    public required string? TokenizerPath { get; init; }

    /// <summary>What short prompts are filled up with where the tokenizer's folder does not say: 0 in SD 2.x, else the end token.</summary>
    public required bool PadsWithZero { get; init; }

    /// <summary>What was told by the files, a flag or a default, for people.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Latents across and down.</summary>
    public required int LatentSize { get; init; }

    /// <summary>Extents of one latent.</summary>
    public DataShape DataShape => new(UNetConfiguration.InputChannels, LatentSize, LatentSize);

    /// <summary>Finds the networks in a folder of diffusers or in a single file.</summary>
    /// <exception cref="InvalidDataException">A configuration is unsupported or contradicts itself, or a part is missing.</exception>
    /// <exception cref="ArgumentException">An option is missing or does not fit.</exception>
    public static StableDiffusionFiles Read(CheckpointProbe probe)
    {
        StableDiffusionFiles files = probe.IsFolder ? DiffusersLayout.Read(probe) : CompVisLayout.Read(probe);
        UNetConfiguration unet = files.UNetConfiguration;
        RequireEqual(probe, "the UNet's output channels", unet.OutputChannels, "its input channels", unet.InputChannels);
        RequireEqual(probe, "the autoencoder's latent channels", files.AutoencoderConfiguration.LatentChannels, "the UNet's input channels", unet.InputChannels);
        RequireEqual(probe, "the text encoder's width", files.TextConfiguration.Width, "the UNet's context width", unet.ContextWidth);
        return files;
    }

    /// <summary>Loads the UNet.</summary>
    public UNet LoadUNet(ScalarType dataType, Device device) => UNetSource.Load(reader => new UNet(reader, UNetConfiguration), dataType, device);

    /// <summary>Loads the autoencoder.</summary>
    public Autoencoder LoadAutoencoder(ScalarType dataType, Device device) => AutoencoderSource.Load(reader => new Autoencoder(reader, AutoencoderConfiguration), dataType, device);

    /// <summary>Loads the text encoder.</summary>
    public ClipTextEncoder LoadTextEncoder(ScalarType dataType, Device device) => TextSource.Load(reader => new ClipTextEncoder(reader, TextConfiguration), dataType, device);

    /// <summary>Checks and counts all parts without loading them.</summary>
    public IReadOnlyList<ModelPart> Describe() =>
    [
        UNetSource.Describe("unet", reader => new UNet(reader, UNetConfiguration)),
        AutoencoderSource.Describe("vae", reader => new Autoencoder(reader, AutoencoderConfiguration)),
        TextSource.Describe("text encoder", reader => new ClipTextEncoder(reader, TextConfiguration)),
    ];

    /// <summary>The flag <c>latent_size</c>: latents across and down, a multiple of what the UNet halves; by default what it was trained on.</summary>
    internal static int ReadLatentSize(CheckpointProbe probe, UNetConfiguration unet)
    {
        int multiple = 1 << (unet.Channels.Count - 1);
        int size = WholeNumber(probe, "latent_size") ?? unet.SampleSize;
        return size % multiple == 0 && size is > 0 and <= 1024 ? size : throw new ArgumentException($"latent_size must be a multiple of {multiple} and at most 1024, but is {size}.", nameof(probe));
    }

    /// <summary>A flag that is a number of at least 1.</summary>
    internal static int? WholeNumber(CheckpointProbe probe, string name) => probe.Flag(name) is not { } text
        ? null
        : int.TryParse(text, out int number) && number > 0 ? number : throw new ArgumentException($"{name} must be a whole number of at least 1, but is {text}.", name);

    private static void RequireEqual(CheckpointProbe probe, string name, int actual, string otherName, int other)
    {
        if (actual != other)
        {
            throw new InvalidDataException($"In {probe.Name} {name} must be {otherName} ({other}), but is {actual}.");
        }
    }
}
