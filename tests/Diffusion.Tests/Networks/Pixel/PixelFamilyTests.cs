using System.Text;
using System.Text.Json.Nodes;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Tests.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.Pixel;

public sealed class PixelFamilyTests
{
    [Theory]
    [InlineData(PixelFiles.Unet, "guided-diffusion", 0)]
    [InlineData(PixelFiles.ConditionalUnet, "guided-diffusion", 10)]
    [InlineData(PixelFiles.Ncsn, "ncsnv2", 0)]
    [InlineData(PixelFiles.ScoreSde, "score-sde", 0)]
    [InlineData(PixelFiles.Edm, "edm", 10)]
    public void Inspect_AnyKind_DescribesWhatLoads(string file, string kind, int classes)
    {
        ModelInspection inspection = ModelFamilies.Inspect(PixelFiles.Options(PixelFiles.PathOf(file)));
        using IDenoiser denoiser = PixelFiles.Open(file);

        Assert.Equal((kind, classes), (inspection.Kind, inspection.ClassCount));
        Assert.Equal(denoiser.Description.ParameterCount, inspection.ParameterCount);
        Assert.Equal(denoiser.Description.DataShape, inspection.DataShape);
        Assert.Equal(denoiser.Description.SigmaMax, inspection.SigmaMax);
        Assert.NotEmpty(inspection.Settings);
    }

    [Theory]
    [InlineData(PixelFiles.Unet)]
    [InlineData(PixelFiles.Ncsn)]
    public void Denoise_SigmaBesideTheLadder_IsThatOfTheNearestLevel(string file)
    {
        using IDenoiser denoiser = PixelFiles.Open(file);
        IReadOnlyList<double> ladder = denoiser.Description.SigmaLadder!;
        double between = (0.9 * ladder[3]) + (0.1 * ladder[4]);

        double[] snapped = Denoised(denoiser, ladder[3], told: between);
        Assert.Equal(Denoised(denoiser, ladder[3]), snapped);
        Assert.NotEqual(Denoised(denoiser, ladder[3], told: ladder[4]), snapped);
    }

    [Theory]
    [InlineData(PixelFiles.Unet)]
    [InlineData(PixelFiles.Ncsn)]
    [InlineData(PixelFiles.ScoreSde)]
    [InlineData(PixelFiles.Edm)]
    public void Denoise_WeightsInHalfPrecision_StaysNearFloat32(string file)
    {
        using IDenoiser wide = PixelFiles.Open(file);
        using IDenoiser half = ModelFamilies.Open(PixelFiles.Options(PixelFiles.PathOf(file)) with { ComputeType = ScalarType.BFloat16 });
        double sigma = wide.Description.SigmaLadder?[^1] ?? wide.Description.SigmaMin;
        double[] expected = Denoised(wide, sigma);
        double[] actual = Denoised(half, sigma);

        // D = c_skip·x + σ·F: bfloat16 has 8 bits, and these small networks deepen its error to a sixth of σ.
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.4 * sigma));
        Assert.NotEqual(expected, actual);
    }

    [Fact]
    public void Open_GuidedDiffusionWithoutConfiguration_AsksForEachFlagInTurn()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "model.pt");
        File.Copy(PixelFiles.PathOf(PixelFiles.Unet), path);
        List<string> flags = [];
        foreach ((string flag, string value) in (ReadOnlySpan<(string, string)>)[("image_size", "16"), ("num_head_channels", "16"), ("attention_order", "legacy"), ("noise_schedule", "linear")])
        {
            ArgumentException refusal = Assert.Throws<ArgumentException>(() => ModelFamilies.Open(PixelFiles.Options(path, [.. flags])));
            Assert.StartsWith($"{flag} must be given", refusal.Message, StringComparison.Ordinal);
            flags.Add($"{flag}={value}");
        }

        using IDenoiser told = ModelFamilies.Open(PixelFiles.Options(path, [.. flags]));
        using IDenoiser configured = PixelFiles.Open(PixelFiles.Unet);
        Assert.Equal(Denoised(configured, 1), Denoised(told, 1));
    }

    [Theory]
    [InlineData(PixelFiles.Unet, "noise_schedule", "\"squared\"")]
    [InlineData(PixelFiles.Unet, "diffusion_steps", "500")]
    [InlineData(PixelFiles.Unet, "predict_xstart", "true")]
    [InlineData(PixelFiles.Unet, "num_head_channels", "7")]
    [InlineData(PixelFiles.Unet, "channel_mult", "\"1,x\"")]
    [InlineData(PixelFiles.Ncsn, "normalization", "\"BatchNorm\"")]
    [InlineData(PixelFiles.Ncsn, "nonlinearity", "\"tanh\"")]
    [InlineData(PixelFiles.Ncsn, "logit_transform", "true")]
    [InlineData(PixelFiles.ScoreSde, "resblock_type", "\"ddpm\"")]
    [InlineData(PixelFiles.ScoreSde, "progressive_combine", "\"cat\"")]
    [InlineData(PixelFiles.ScoreSde, "scale_by_sigma", "false")]
    [InlineData(PixelFiles.ScoreSde, "embedding_type", "\"positional\"")]
    [InlineData(PixelFiles.ScoreSde, "fir_kernel", "[1, 3, 1]")]
    [InlineData(PixelFiles.Edm, "precond", "\"EDM2Precond\"")]
    [InlineData(PixelFiles.Edm, "model_type", "\"DiT\"")]
    [InlineData(PixelFiles.Edm, "encoder_type", "\"ladder\"")]
    public void Open_ConfigurationThatNobodyComputes_IsRefusedByName(string file, string key, string value)
    {
        string beside = Path.ChangeExtension(PixelFiles.PathOf(file), ".json");
        string source = File.Exists(beside) ? beside : Path.Combine(Path.GetDirectoryName(beside)!, "config.json");
        using TemporaryFolder folder = new();
        string config = Path.Combine(folder.Path, "changed.json");
        File.WriteAllText(config, Changed(File.ReadAllText(source), key, value));

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => PixelFiles.Open(file, $"config={config}").Dispose());
        Assert.Contains(key == "fir_kernel" ? "resampling filter" : key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ListsInJson_AreReadAsThoseInFlags()
    {
        using TemporaryFolder folder = new();
        string config = folder.WriteText("lists.json", Changed(Changed(File.ReadAllText(Path.ChangeExtension(PixelFiles.PathOf(PixelFiles.Unet), ".json")), "channel_mult", "[1, 1]"), "attention_resolutions", "[8]"));

        using IDenoiser lists = PixelFiles.Open(PixelFiles.Unet, $"config={config}");
        using IDenoiser texts = PixelFiles.Open(PixelFiles.Unet);
        Assert.Equal(Denoised(texts, 1), Denoised(lists, 1));
    }

    [Fact]
    public void Open_EdmWithoutConfiguration_AsksForThePreconditioning()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "model.safetensors");
        File.Copy(PixelFiles.PathOf(PixelFiles.Edm), path);

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => ModelFamilies.Open(PixelFiles.Options(path)));
        Assert.StartsWith("precond must be given", refusal.Message, StringComparison.Ordinal);

        using IDenoiser told = ModelFamilies.Open(PixelFiles.Options(path, "precond=EDMPrecond"));
        using IDenoiser configured = PixelFiles.Open(PixelFiles.Edm);
        Assert.Equal(Denoised(configured, 1), Denoised(told, 1));
    }

    [Fact]
    public void Open_ScoreSdeWithoutConfiguration_AsksForAPreset()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "checkpoint.pth");
        File.Copy(PixelFiles.PathOf(PixelFiles.ScoreSde), path);

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => ModelFamilies.Open(PixelFiles.Options(path)));
        Assert.Contains("ffhq_256_ncsnpp_continuous", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => ModelFamilies.Open(PixelFiles.Options(path, "preset=cifar10_ncsnpp_continuous")));
    }

    [Fact]
    public void Open_EdmPickleOfAWholeNetwork_IsRefusedWithAdvice()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "edm-cifar10-32x32-cond-vp.pkl");
        File.WriteAllBytes(path, [0x80, 4, 0x95, .. new byte[8], (byte)'}', 0x94, 0x8c, 3, .. "ema"u8, 0x94, 0x8c, 23, .. "torch_utils.persistence"u8, 0x94, .. Encoding.ASCII.GetBytes(new string('.', 64))]);

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => ModelFamilies.Open(PixelFiles.Options(path)));
        Assert.Contains("convert it to safetensors", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_PromptsAndLabels_AreRefusedWhereTheModelHasNone()
    {
        using IDenoiser plain = PixelFiles.Open(PixelFiles.Unet);
        using IDenoiser conditional = PixelFiles.Open(PixelFiles.ConditionalUnet);

        Assert.Same(plain.Unconditional, plain.EncodePrompt("").Condition);
        Assert.Throws<ArgumentException>(() => plain.EncodePrompt("a cat"));
        Assert.Throws<ArgumentException>(() => plain.EncodeClassLabel(0));
        Assert.Throws<ArgumentException>(() => conditional.EncodeClassLabel(10));
        Assert.Throws<ArgumentException>(() => conditional.EncodeClassLabel(-1));
        Assert.NotEqual(Denoised(conditional, 3, conditional.EncodeClassLabel(1)), Denoised(conditional, 3, conditional.EncodeClassLabel(2)));
        Assert.NotEqual(Denoised(conditional, 3, conditional.EncodeClassLabel(1)), Denoised(conditional, 3, conditional.Unconditional));
    }

    /// <summary>D of an image with noise of a level, the denoiser being told that level or another.</summary>
    internal static double[] Denoised(IDenoiser denoiser, double sigma, Condition? condition = null, double? told = null)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        DataShape shape = denoiser.Description.DataShape;
        float[] clean = TestModels.Uniform(0, shape.ElementCount);
        float[] noise = TestModels.Normal(1, shape.ElementCount);
        Tensor noisy = tensor(clean.Zip(noise, (value, normal) => (float)(value + (sigma * normal))).ToArray(), new long[] { 1, shape.Channels, shape.Height, shape.Width });
        Tensor denoised = denoiser.Denoise(noisy, [told ?? sigma], [condition ?? denoiser.Unconditional]);
        Assert.Equal(ScalarType.Float32, denoised.dtype);
        return denoised.to(float64).data<double>().ToArray();
    }

    /// <summary>A JSON text with a key's value changed, in whatever section it stands, or added at the top.</summary>
    private static string Changed(string json, string key, string value)
    {
        JsonObject root = JsonNode.Parse(json)!.AsObject();
        JsonObject section = root.Select(entry => entry.Value).OfType<JsonObject>().FirstOrDefault(inside => inside.ContainsKey(key)) ?? root;
        section[key] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
