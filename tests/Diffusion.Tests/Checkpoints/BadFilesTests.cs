using System.Text.Json;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Networks.StableDiffusion;
using Sjc.Golden;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Checkpoints;

/// <summary>Hostile, damaged and odd files through the loading path that users take: a clear refusal or the right values, and nothing else happens.</summary>
[Trait("Category", "Golden")]
public sealed class BadFilesTests
{
    private const string Folder = "models/bad";

    /// <summary>What a message must name, beyond being a refusal; for files that are not here any message will do.</summary>
    private static readonly Dictionary<string, string[]> Named = new()
    {
        ["truncated-data.safetensors"] = ["b", "5 bytes"],
        ["truncated-header.safetensors"] = ["header"],
        ["header-length-huge.safetensors"] = ["header length"],
        ["header-length-past-end.safetensors"] = ["header"],
        ["header-length-zero.safetensors"] = ["header length"],
        ["header-not-json.safetensors"] = ["JSON"],
        ["header-not-utf8.safetensors"] = ["UTF-8"],
        ["header-not-object.safetensors"] = ["object"],
        ["header-deep-nesting.safetensors"] = ["JSON"],
        ["offsets-overlap.safetensors"] = ["b", "shares bytes"],
        ["offsets-out-of-range.safetensors"] = ["inside the file"],
        ["offsets-reversed.safetensors"] = ["begin ≤ end"],
        ["offsets-negative.safetensors"] = ["0 ≤ begin"],
        ["offsets-hole.safetensors"] = ["24..32"],
        ["trailing-bytes.safetensors"] = ["must fill the data section"],
        ["size-mismatch.safetensors"] = ["span"],
        ["dtype-unknown.safetensors"] = ["b.dtype", "F13"],
        ["shape-overflow.safetensors"] = ["b.shape", "2^63"],
        ["shape-negative.safetensors"] = ["non-negative"],
        ["duplicate-key.safetensors"] = ["'a'"],
        ["metadata-not-strings.safetensors"] = ["__metadata__.x"],
        ["missing-field.safetensors"] = ["b must have shape"],
        ["empty.safetensors"] = ["empty"],
        ["empty.ckpt"] = ["empty"],
        ["exec-os-system.ckpt"] = ["posix.system"],
        ["exec-eval.ckpt"] = ["__builtin__.eval"],
        ["exec-legacy.pth"] = ["posix.system"],
        ["missing-storage.ckpt"] = ["data/7"],
        ["short-storage.ckpt"] = ["data/0", "bytes"],
        ["view-out-of-bounds.ckpt"] = ["w of", "inside its storage"],
        ["view-negative.ckpt"] = ["w of", "negative"],
        ["view-huge.ckpt"] = ["w of", "1099511627776"],
        ["unsupported-storage.ckpt"] = ["torch.QInt8Storage"],
        ["big-endian.ckpt"] = ["byte order"],
        ["no-data-pkl.ckpt"] = ["data.pkl"],
        ["compressed-bomb.ckpt"] = ["compressed"],
        ["truncated-zip.ckpt"] = ["zip directory"],
        ["truncated-pickle.ckpt"] = ["whole pickle"],
        ["self-reference.ckpt"] = ["tensors"],
        ["deep-nesting.ckpt"] = ["tensors"],
        ["html-page.ckpt"] = ["web page"],
        ["git-lfs-pointer.safetensors"] = ["git-lfs"],
        ["non-zip.ckpt"] = ["begins like none"],
        ["no-state-dict.ckpt"] = ["tensors", "epoch"],
        ["text-missing-key.safetensors"] = ["text_model.encoder.layers.1.mlp.fc1.weight is missing"],
        ["text-wrong-shape.safetensors"] = ["text_model.embeddings.position_embedding.weight has shape [76, 8]; expected [77, 8]"],
        ["text-nan.safetensors"] = ["text_model.encoder.layers.0.self_attn.q_proj.weight", "finite"],
        ["text-integer-weight.safetensors"] = ["Int32", "floating-point"],
        ["dir-missing-shard/"] = ["diffusion_pytorch_model-00001-of-00002.safetensors"],
        ["dir-shard-escape/"] = ["../../../../etc/passwd"],
        ["dir-inconsistent-config/"] = ["down_block_types", "3", "2"],
        ["dir-bad-config/"] = ["unet/config.json", "JSON"],
        ["dir-unsupported-class/"] = ["Transformer2DModel"],
        ["dir-empty/"] = ["no model_index.json and no weights"],
    };

    public static TheoryData<string> Cases => [.. GoldenFolder.Find(Folder, "expected.json").SelectMany(Names)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Open_BadFile_HasTheExpectedVerdict(string name)
    {
        string verdict = Verdict(name);
        string[] before = Marks();
        string? refusal = null;
        try
        {
            string path = Path.Combine(GoldenFolder.Root, Folder, name);
            if (name.StartsWith("text-", StringComparison.Ordinal))
            {
                LoadTextEncoder(path);
            }
            else
            {
                ReadEverything(path);
            }
        }
        catch (InvalidDataException exception)
        {
            refusal = exception.Message;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {refusal ?? "read"}");
        Assert.Equal(before, Marks());
        switch (verdict)
        {
            case "ok":
                Assert.Null(refusal);
                break;
            case "error":
                Assert.NotNull(refusal);
                Assert.All(GoldenFolder.IsDefault ? Named.GetValueOrDefault(name, []) : [], part => Assert.Contains(part, refusal, StringComparison.Ordinal));
                break;
        }
    }

    [Theory]
    [InlineData("ok-odd-but-valid.safetensors", "", 2.5)]
    [InlineData("ok-odd-but-valid.safetensors", "0,7")]
    [InlineData("ok-odd-but-valid.safetensors", "2", 1.5, -2.0)]
    [InlineData("ok-odd-but-valid.safetensors", "1", -3.0)]
    public void CopyTo_OddButValidFile_GivesItsValues(string name, string shape, params double[] expected)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(GoldenFolder.Root, Folder, name)), $"{name} is not among the cases.");
        using SafetensorsStore store = SafetensorsStore.Open(Path.Combine(GoldenFolder.Root, Folder, name));
        string tensor = Assert.Single(store.Tensors.Keys, key => string.Join(',', store.Tensors[key].Shape) == shape);
        Assert.Equal(expected, store.Doubles(tensor));
    }

    [Theory]
    [InlineData("w", "2,3", new double[] { 4, 5, 6, 7, 8, 9 })]
    [InlineData("wt", "4,4", new double[] { 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 })]
    [InlineData("bc", "3,2", new double[] { 2, 2, 2, 2, 2, 2 })]
    [InlineData("s", "", new double[] { 5 })]
    [InlineData("e", "0,5", new double[] { })]
    public void CopyTo_ViewsOfOneStorage_GiveTheirValues(string name, string shape, double[] expected)
    {
        const string File = "ok-views.ckpt";
        Assert.SkipUnless(System.IO.File.Exists(Path.Combine(GoldenFolder.Root, Folder, File)), $"{File} is not among the cases.");
        using CheckpointProbe probe = CheckpointProbe.Open(new ModelLoadOptions { Path = Path.Combine(GoldenFolder.Root, Folder, File) });
        Assert.Equal(shape, string.Join(',', probe.Weights!.Tensors[name].Shape));
        Assert.Equal(expected, probe.Weights.Doubles(name));
    }

    /// <summary>A text encoder by itself: the folder of a sound one, or a file of spoilt weights with that one's configuration.</summary>
    private static void LoadTextEncoder(string path)
    {
        Dictionary<string, string> flags = File.Exists(path) ? new() { ["config"] = Path.Combine(Path.GetDirectoryName(path)!, "text-base/config.json") } : [];
        using CheckpointProbe probe = CheckpointProbe.Open(new ModelLoadOptions { Path = path, Flags = flags });
        NetworkSource source = new(probe.Weights!, nameInStore: null, name => name.EndsWith("position_ids", StringComparison.Ordinal));
        ClipConfiguration configuration = ClipConfiguration.FromTransformers(probe.Config!);
        using ClipTextEncoder encoder = source.Load(reader => new ClipTextEncoder(reader, configuration), ScalarType.Float32, CPU);
        using Tensor hidden = encoder.Forward(new long[configuration.Positions]);
        Assert.True(hidden.isfinite().all().item<bool>());
    }

    /// <summary>What loading does before a family builds its networks: all tensors are read. Folders have no weights of their own; the search for a family reads them.</summary>
    private static void ReadEverything(string path)
    {
        using CheckpointProbe probe = CheckpointProbe.Open(new ModelLoadOptions { Path = path });
        if (probe.IsFolder)
        {
            ModelFamilies.Inspect(new ModelLoadOptions { Path = path });
            return;
        }

        foreach ((string name, TensorInfo tensor) in probe.Weights!.Tensors)
        {
            Assert.Equal(tensor.ElementCount, probe.Weights.Doubles(name).Length);
        }
    }

    /// <summary>Files that hostile files would make.</summary>
    private static string[] Marks() => [.. Directory.GetFileSystemEntries(Path.GetTempPath(), "*pwned*"), .. Directory.GetFileSystemEntries(Path.Combine(Path.GetTempPath(), ".."), "*pwned*")];

    private static IEnumerable<string> Names(string index) => index == GoldenFolder.NoCase ? [index] : Verdicts().Select(verdict => verdict.Name);

    private static string Verdict(string name)
    {
        if (name == GoldenFolder.NoCase)
        {
            Assert.SkipUnless(GoldenFolder.IsDefault, $"{Folder} holds no case of this kind.");
        }

        return Verdicts().Single(verdict => verdict.Name == name).Value.GetProperty("verdict").GetString()!;
    }

    private static IReadOnlyList<JsonProperty> Verdicts()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(GoldenFolder.Root, Folder, "expected.json")));
        return [.. document.RootElement.Clone().EnumerateObject()];
    }
}
