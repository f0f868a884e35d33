using System.Text.Json;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Tests.Checkpoints;
using Sjc.Numerics.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.StableDiffusion;

/// <summary>The same weights laid out in other ways that people have them give the same bits.</summary>
[Trait("Category", "Golden")]
public sealed class StableDiffusionLayoutTests : IDisposable
{
    private const string UNetRoot = "model.diffusion_model.";
    private const string AutoencoderRoot = "first_stage_model.";

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Folders => [.. StableDiffusionCase.Folders];

    /// <summary>Single safetensors files of all networks.</summary>
    public static TheoryData<string> SingleFiles =>
        [.. StableDiffusionCase.All.Select(row => row.Data).Where(name => name.EndsWith("-compvis.safetensors", StringComparison.Ordinal)).DefaultIfEmpty(Sjc.Golden.GoldenFolder.NoCase)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Open_ShardsAndVariants_GivesTheBitsOfWholeFiles(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        CopyFolder(golden.Probe.FullPath, folder.Path);
        string[] whole = ["unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors", "vae/diffusion_pytorch_model.safetensors"];
        Assert.SkipUnless(whole.All(part => File.Exists(folder.File(part))), $"{name} has no whole files of safetensors to lay out anew.");
        Shard("unet", "diffusion_pytorch_model", 3);
        Shard("text_encoder", "model", 2);
        File.Move(folder.File(whole[2]), folder.File("vae/diffusion_pytorch_model.fp16.safetensors"));

        Assert.Equal(Results(golden.Options), Results(new ModelLoadOptions { Path = folder.Path }));
    }

    [Theory]
    [MemberData(nameof(SingleFiles))]
    public void Open_AveragesAskedFor_TakesThemInsteadOfTheWeights(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        SafetensorsFile file = SafetensorsFile.Read(golden.Probe.FullPath);
        SafetensorsWriter writer = new();
        foreach (SafetensorsEntry entry in file.Header.Entries)
        {
            bool isUNet = entry.Name.StartsWith(UNetRoot, StringComparison.Ordinal);
            byte[] bytes = file.Bytes(entry.Name).ToArray();
            writer.Add(entry.Name, entry.DataType, isUNet ? new byte[bytes.Length] : bytes, [.. entry.Shape]);
            if (isUNet)
            {
                writer.Add("model_ema." + entry.Name["model.".Length..].Replace(".", "", StringComparison.Ordinal), entry.DataType, bytes, [.. entry.Shape]);
            }
        }

        writer.Add("model_ema.decay", [0.9999f]).Add("model_ema.num_updates", [1L]);
        File.Copy(Path.ChangeExtension(golden.Probe.FullPath, ".json"), folder.File("trained.json"));
        ModelLoadOptions trained = golden.Options with { Path = folder.WriteTensors("trained.safetensors", writer) };

        double[] expected = Results(golden.Options);
        Assert.Equal(expected, Results(trained with { Flags = new Dictionary<string, string>(trained.Flags) { ["ema"] = "true" } }));
        Assert.NotEqual(expected, Results(trained));
    }

    [Theory]
    [MemberData(nameof(SingleFiles))]
    public void Open_OtherAutoencoder_TakesItInsteadOfItsOwn(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        SafetensorsFile file = SafetensorsFile.Read(golden.Probe.FullPath);
        SafetensorsWriter alone = new();
        SafetensorsWriter others = new();
        foreach (SafetensorsEntry entry in file.Header.Entries)
        {
            bool isAutoencoder = entry.Name.StartsWith(AutoencoderRoot, StringComparison.Ordinal);
            byte[] bytes = file.Bytes(entry.Name).ToArray();
            others.Add(entry.Name, entry.DataType, isAutoencoder ? new byte[bytes.Length] : bytes, [.. entry.Shape]);
            if (isAutoencoder)
            {
                alone.Add(entry.Name[AutoencoderRoot.Length..], entry.DataType, bytes, [.. entry.Shape]);
            }
        }

        File.Copy(Path.ChangeExtension(golden.Probe.FullPath, ".json"), folder.File("others.json"));
        ModelLoadOptions spoilt = golden.Options with { Path = folder.WriteTensors("others.safetensors", others) };
        string vae = folder.WriteTensors("vae/alone.safetensors", alone);

        double[] expected = Results(golden.Options);
        Assert.Equal(expected, Results(spoilt with { Flags = new Dictionary<string, string>(spoilt.Flags) { ["vae"] = vae } }));
        Assert.NotEqual(expected, Results(spoilt));
    }

    public void Dispose() => folder.Dispose();

    /// <summary>D of one image with a prompt and one without, and a decoded latent.</summary>
    private static double[] Results(ModelLoadOptions options)
    {
        using IDenoiser denoiser = ModelFamilies.Open(options);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        DataShape shape = denoiser.Description.DataShape;
        Tensor x = tensor(TestModels.Normal(5, 2 * shape.ElementCount)).view(2, shape.Channels, shape.Height, shape.Width);
        Tensor denoised = denoiser.Denoise(x, [0.5, 5], [denoiser.EncodePrompt("a small castle").Condition, denoiser.Unconditional]);
        Tensor decoded = denoiser.LatentCodec!.Decode(x.narrow(0, 0, 1));
        return [.. cat([denoised.flatten(), decoded.flatten()]).to(ScalarType.Float64).data<double>()];
    }

    private void Shard(string part, string name, int shards)
    {
        string whole = folder.File($"{part}/{name}.safetensors");
        SafetensorsFile file = SafetensorsFile.Read(whole);
        File.Delete(whole);
        SafetensorsWriter[] writers = [.. Enumerable.Range(0, shards).Select(_ => new SafetensorsWriter())];
        Dictionary<string, string> places = [];
        foreach ((int i, SafetensorsEntry entry) in file.Header.Entries.Index())
        {
            writers[i % shards].Add(entry.Name, entry.DataType, file.Bytes(entry.Name), [.. entry.Shape]);
            places[entry.Name] = ShardName(name, i % shards, shards);
        }

        for (int i = 0; i < shards; i++)
        {
            folder.WriteTensors($"{part}/{ShardName(name, i, shards)}", writers[i]);
        }

        folder.WriteText($"{part}/{name}.safetensors.index.json", JsonSerializer.Serialize(new { metadata = new { total_size = 0 }, weight_map = places }));
    }

    private static string ShardName(string name, int shard, int shards) => $"{name}-{shard + 1:00000}-of-{shards:00000}.safetensors";

    private static void CopyFolder(string from, string to)
    {
        foreach (string path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }
}
