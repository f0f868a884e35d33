using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.StableDiffusion;
using Sjc.Golden;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.StableDiffusion;

/// <summary>A golden checkpoint of Stable Diffusion in one of its file formats, and the reference outputs of its weights.</summary>
internal sealed class StableDiffusionCase : IDisposable
{
    private const string Subfolder = "models";
    private const string ReferenceFile = "io.safetensors";

    private readonly CheckpointProbe probe;

    private StableDiffusionCase(string name, GoldenCase golden, ModelLoadOptions options)
    {
        Name = name;
        Golden = golden;
        Options = options;
        probe = CheckpointProbe.Open(options);
    }

    /// <summary>All checkpoints: folders sdN-diffusers, and sdN-compvis.* beside them.</summary>
    public static TheoryData<string> All => [.. Folders.SelectMany(folder => Files(folder).Prepend(folder))];

    /// <summary>The folders alone.</summary>
    public static IEnumerable<string> Folders => GoldenFolder.FindFolders(Subfolder, "sd*-diffusers", ReferenceFile);

    /// <summary>Files with a text encoder alone.</summary>
    public static TheoryData<string> TextFiles => [.. GoldenFolder.Find(Subfolder, "sd*-compvis-text.safetensors")];

    public string Name { get; }

    public GoldenCase Golden { get; }

    public ModelLoadOptions Options { get; }

    public CheckpointProbe Probe => probe;

    /// <summary>Opens a checkpoint, or skips or fails where there is none.</summary>
    public static StableDiffusionCase Open(string name)
    {
        string reference = name == GoldenFolder.NoCase ? name : Path.Combine($"{name[..name.IndexOf('-')]}-diffusers", ReferenceFile);
        GoldenCase golden = GoldenCase.Open(Subfolder, reference, Assert.Skip);
        string path = Path.Combine(GoldenFolder.Root, Subfolder, name);
        string pipeline = Path.GetDirectoryName(Path.Combine(GoldenFolder.Root, Subfolder, reference))!;
        return new StableDiffusionCase(name, golden, new ModelLoadOptions { Path = path, Flags = Directory.Exists(path) ? new Dictionary<string, string>() : Flags(pipeline) });
    }

    /// <summary>Compares a tensor with the reference: max|a − b| ≤ tolerance · max|ref|.</summary>
    public void RequireEqual(string reference, Tensor actual, double tolerance) => RequireEqual(reference, Golden.Doubles(reference), actual.cpu().to(float64).contiguous().data<double>().ToArray(), tolerance);

    /// <summary>The same of values at hand.</summary>
    public void RequireEqual(string reference, double[] expected, double[] actual, double tolerance)
    {
        double scale = expected.Max(Math.Abs);
        Assert.Null(GoldenComparison.Mismatch($"{Name}: {reference}", expected, actual, _ => tolerance * scale));
    }

    /// <summary>A reference tensor in float32.</summary>
    public Tensor Tensor(string reference) => tensor(Golden.Floats(reference)).view([.. Golden.Shape(reference).Select(extent => (long)extent)]);

    /// <summary>An observer that compares the first sample of every block's result that the reference holds, and keeps the names.</summary>
    public BlockObserver Compare(string prefix, List<string> seen, long row = 0) => (block, output) =>
    {
        if (Golden.Has(prefix + block))
        {
            using DisposeScope scope = NewDisposeScope();
            RequireEqual(prefix + block, output.narrow(0, row, 1), ActivationTolerance);
            seen.Add(prefix + block);
        }
    };

    /// <summary>Names of the reference's intermediate results.</summary>
    public IEnumerable<string> Activations(string prefix) => Golden.File.Header.Entries.Select(entry => entry.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>README: outputs of the networks.</summary>
    public const double OutputTolerance = 1e-4;

    /// <summary>README: act.*.</summary>
    public const double ActivationTolerance = 3e-4;

    public void Dispose() => probe.Dispose();

    private static IEnumerable<string> Files(string folder) => folder == GoldenFolder.NoCase ? [] : GoldenFolder
        .Find(Subfolder, $"{folder[..folder.IndexOf('-')]}-compvis.*")
        .Where(name => name != GoldenFolder.NoCase && !name.EndsWith(".json", StringComparison.Ordinal));

    // What single files do not tell: heads of the text encoder, latents across, and where the vocabulary is.
    private static Dictionary<string, string> Flags(string pipeline) => new()
    {
        ["text_heads"] = $"{ModelConfig.Read(Path.Combine(pipeline, "text_encoder", "config.json"), "text_encoder").WholeNumber("num_attention_heads", 0)}",
        ["latent_size"] = $"{ModelConfig.Read(Path.Combine(pipeline, "unet", "config.json"), "unet").WholeNumber("sample_size", 64)}",
        ["tokenizer"] = Path.Combine(pipeline, "tokenizer"),
    };
}
