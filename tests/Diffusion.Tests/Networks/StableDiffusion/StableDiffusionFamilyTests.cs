using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Networks.StableDiffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.StableDiffusion;

[Trait("Category", "Golden")]
public sealed class StableDiffusionFamilyTests
{
    public static TheoryData<string> All => StableDiffusionCase.All;

    public static TheoryData<string> Folders => [.. StableDiffusionCase.Folders];

    [Theory]
    [MemberData(nameof(All))]
    public void Open_Golden_IsRecognisedAndDescribed(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);

        ModelInspection inspection = ModelFamilies.Inspect(golden.Options);
        using IDenoiser denoiser = ModelFamilies.Open(golden.Options);

        Assert.Equal("stable-diffusion", inspection.Kind);
        Assert.Equal(inspection.ParameterCount, denoiser.Description.ParameterCount);
        Assert.Equal(inspection.DataShape, denoiser.Description.DataShape);
        Assert.Equal(DataSpace.Latent, denoiser.Description.DataSpace);
        Assert.Equal(1000, denoiser.Description.SigmaLadder!.Count);

        // README: t = 0 and t = 999.
        Assert.Equal(0.0291672, denoiser.Description.SigmaMin, 1e-7);
        Assert.Equal(14.6146412, denoiser.Description.SigmaMax, 1e-7);
        Assert.NotNull(denoiser.LatentCodec);
        Assert.Same(denoiser.Unconditional, denoiser.EncodePrompt(" ").Condition);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void EncodePrompt_LongPrompt_IsCutOffAndCounted(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        using IDenoiser denoiser = ModelFamilies.Open(golden.Options);

        // One token a digit.
        PromptEncoding encoding = denoiser.EncodePrompt(new string('7', 100));

        Assert.Equal(102, encoding.TokenCount);
        Assert.Equal(77, denoiser.Description.MaxPromptTokens);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Denoise_HalfPrecision_IsNearSingle(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        using IDenoiser single = ModelFamilies.Open(golden.Options);
        using DisposeScope scope = NewDisposeScope();
        DataShape shape = single.Description.DataShape;
        Tensor x = tensor(TestModels.Normal(5, 2 * shape.ElementCount)).view(2, shape.Channels, shape.Height, shape.Width);
        double[] sigmas = [0.03, 5];
        Tensor Epsilon(IDenoiser denoiser)
        {
            Tensor denoised = denoiser.Denoise(x, sigmas, [denoiser.EncodePrompt("a small castle").Condition, denoiser.Unconditional]);
            Assert.Equal(ScalarType.Float32, denoised.dtype);
            return (x - denoised) / tensor(new float[] { 0.03f, 5 }).view(2, 1, 1, 1);
        }

        Tensor expected = Epsilon(single);
        foreach ((ScalarType type, double tolerance) in ((ScalarType, double)[])[(ScalarType.Float16, 0.03), (ScalarType.BFloat16, 0.2)])
        {
            using IDenoiser half = ModelFamilies.Open(golden.Options with { ComputeType = type });

            // 11 and 8 bits a value through some sixty layers; a layer in the wrong order would be off by the size of ε.
            double error = (Epsilon(half) - expected).abs().max().item<float>();
            Assert.True(error < tolerance * expected.abs().max().item<float>(), $"{type}: {error}");
            Assert.Equal(ScalarType.Float32, half.Description.StateType);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Denoise_WhatDoesNotFit_IsRefused(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        using IDenoiser denoiser = ModelFamilies.Open(golden.Options);
        using DisposeScope scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => denoiser.Denoise(zeros(1, 4, 9, 8), [1], [denoiser.Unconditional]));
        Assert.Throws<ArgumentException>(() => denoiser.Denoise(zeros(1, 3, 8, 8), [1], [denoiser.Unconditional]));
        Assert.Throws<ArgumentException>(() => denoiser.Denoise(zeros(1, 4, 8, 8), [1, 2], [denoiser.Unconditional]));
        Assert.Throws<ArgumentException>(() => denoiser.Denoise(zeros(1, 4, 8, 8), [1], [new ForeignCondition()]));
        Assert.Throws<ArgumentException>(() => denoiser.EncodeClassLabel(1));
    }

    [Fact]
    public void Inspect_SingleFileWithoutTextHeads_NamesTheFlag()
    {
        string? name = StableDiffusionCase.All.Select(row => row.Data).FirstOrDefault(file => file.Contains("compvis", StringComparison.Ordinal));
        Assert.SkipWhen(name is null, "There is no single file.");
        using StableDiffusionCase golden = StableDiffusionCase.Open(name!);
        Dictionary<string, string> flags = new(golden.Options.Flags);
        flags.Remove("text_heads");

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => ModelFamilies.Inspect(golden.Options with { Flags = flags }));

        Assert.Contains("text_heads must be given", refusal.Message);
    }

    [Fact]
    public void Inspect_SingleFileWithAnotherModelsYaml_NamesTheField()
    {
        string? name = StableDiffusionCase.All.Select(row => row.Data).FirstOrDefault(file => file.Contains("compvis", StringComparison.Ordinal));
        Assert.SkipWhen(name is null, "There is no single file.");
        using StableDiffusionCase golden = StableDiffusionCase.Open(name!);
        string yaml = Path.GetTempFileName();
        try
        {
            File.WriteAllText(yaml, """{"model": {"params": {"unet_config": {"params": {"num_heads": 8, "context_dim": 31}}}}}""");
            Dictionary<string, string> flags = new(golden.Options.Flags) { ["config"] = yaml };

            InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => ModelFamilies.Inspect(golden.Options with { Flags = flags }));

            Assert.Contains("context_dim", refusal.Message);
        }
        finally
        {
            File.Delete(yaml);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Inspect_UnknownFlag_IsRefused(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        ModelLoadOptions options = golden.Options with { Flags = new Dictionary<string, string> { ["attention_order"] = "legacy" } };

        Assert.Contains("attention_order", Assert.Throws<ArgumentException>(() => ModelFamilies.Inspect(options)).Message);
    }

    [Theory]
    [InlineData("""{"block_out_channels": [32, 64], "down_block_types": ["DownBlock2D"]}""", "down_block_types")]
    [InlineData("""{"block_out_channels": [33, 64, 64, 64]}""", "groups")]
    [InlineData("""{"attention_head_dim": [8, 8]}""", "attention_head_dim")]
    [InlineData("""{"attention_head_dim": 7}""", "heads")]
    [InlineData("""{"act_fn": "relu"}""", "act_fn")]
    [InlineData("""{"addition_embed_type": "text_time"}""", "addition_embed_type")]
    [InlineData("""{"layers_per_block": 0}""", "sizes")]
    [InlineData("""{"down_block_types": ["AttnDownBlock2D", "DownBlock2D", "DownBlock2D", "DownBlock2D"]}""", "AttnDownBlock2D")]
    [InlineData("""{"_class_name": "Transformer2DModel"}""", "Transformer2DModel")]
    public void UNetConfiguration_Contradiction_IsNamed(string json, string named)
    {
        ModelConfig config = ModelConfig.Parse(System.Text.Encoding.UTF8.GetBytes(json), "unet/config.json");

        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => UNetConfiguration.FromDiffusers(config)).Message);
    }

    [Theory]
    [InlineData("""{"prediction_type": "sample"}""", "prediction_type")]
    [InlineData("""{"beta_schedule": "squaredcos_cap_v2"}""", "beta_schedule")]
    [InlineData("""{"beta_start": -1}""", "betas")]
    [InlineData("""{"num_train_timesteps": 1}""", "betas")]
    [InlineData("""{"trained_betas": [0.1]}""", "trained_betas")]
    public void PredictionSchedule_Unsupported_IsNamed(string json, string named)
    {
        ModelConfig config = ModelConfig.Parse(System.Text.Encoding.UTF8.GetBytes(json), "scheduler_config.json");

        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => PredictionSchedule.FromDiffusers(config, null)).Message);
    }

    private sealed class ForeignCondition : Condition;
}
