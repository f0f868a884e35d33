using System.Text.Json;
using Sjc.Golden;
using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>A scorer of every golden checkpoint and an optimizer, as processes of their own.</summary>
public sealed class PretrainedModels : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private ServiceProcess? scorer;
    private ServiceProcess? optimizer;

    /// <summary>Names of the models: their paths below golden/models; one "(none)" where there is no checkpoint.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Find().DefaultIfEmpty(GoldenFolder.NoCase)];

    /// <summary>Arguments that name the running services.</summary>
    internal string[] Services => [$"--scorer={scorer!.Address}", $"--optimizer={optimizer!.Address}"];

    /// <summary>The scorer alone.</summary>
    internal string Scorer => $"--scorer={scorer!.Address}";

    public async ValueTask InitializeAsync()
    {
        if (Names[0] == GoldenFolder.NoCase)
        {
            return;
        }

        // No kinds: each checkpoint tells its own.
        string[] models = [.. Names.SelectMany((name, i) => (string[])
        [
            $"--Models:{i}:Name={name}", $"--Models:{i}:Path={Path.Combine(GoldenFolder.Root, "models", name)}", $"--Models:{i}:Load=OnFirstUse",
            .. FlagsOf(name).Select(flag => $"--Models:{i}:Flags:{flag}"),
        ])];
        scorer = await ServiceProcess.StartAsync("Sjc.ScoreServer", null, [.. models, "--TorchThreads=1"]);
        optimizer = await ServiceProcess.StartAsync(
            "Sjc.FieldOptimizer", null, $"--Scorer:Address={scorer.Address}", $"--Optimizer:StoreFolder={folder["jobs"]}", "--Scorer:DescribeTimeout=00:02:00");
    }

    public ValueTask DisposeAsync()
    {
        optimizer?.Dispose();
        scorer?.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What a single file of Stable Diffusion does not tell, from the diffusers' folder with the same weights: the vocabulary, heads, size.</summary>
    private static IEnumerable<string> FlagsOf(string name)
    {
        int at = name.IndexOf("-compvis.", StringComparison.Ordinal);
        string pipeline = Path.Combine(GoldenFolder.Root, "models", $"{name[..Math.Max(at, 0)]}-diffusers");
        return at < 0 || !Directory.Exists(pipeline)
            ? []
            : [$"tokenizer={Path.Combine(pipeline, "tokenizer")}", $"text_heads={Number("text_encoder", "num_attention_heads")}", $"latent_size={Number("unet", "sample_size")}"];

        int Number(string part, string key)
        {
            using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(pipeline, part, "config.json")));
            return config.RootElement.GetProperty(key).GetInt32();
        }
    }

    /// <summary>Diffusers' folders, and files of weights that are a whole model: no inputs and outputs, no classifier, no text encoder alone.</summary>
    private static IEnumerable<string> Find()
    {
        string root = Path.Combine(GoldenFolder.Root, "models");
        string[] pipelines = Directory.Exists(root) ? [.. Directory.GetFiles(root, "model_index.json", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!)] : [];
        IEnumerable<string> files = (Directory.Exists(root) ? Directory.GetFiles(root, "*", SearchOption.AllDirectories) : [])
            .Where(file => Path.GetExtension(file) is ".pt" or ".pth" or ".ckpt" or ".safetensors")
            .Where(file => !Array.Exists(pipelines, pipeline => file.StartsWith(pipeline + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            .Where(file => Path.GetFileName(file) is var name && !name.EndsWith("io.safetensors", StringComparison.Ordinal) && !name.Contains("classifier", StringComparison.Ordinal) && !name.Contains("-text.", StringComparison.Ordinal));
        return pipelines.Concat(files).Select(path => Path.GetRelativePath(root, path)).Where(path => !path.StartsWith("bad" + Path.DirectorySeparatorChar, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }
}
