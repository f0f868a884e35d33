using System.Text;
using Sjc.Diffusion.Networks.StableDiffusion;

namespace Sjc.Diffusion.Checkpoints.Fabrication;

/// <summary>The sizes of Stable Diffusion 1.5 as a folder of diffusers has them.</summary>
internal static class StableDiffusion15
{
    /// <summary>The folder's JSON files.</summary>
    public static IReadOnlyDictionary<string, string> Configs { get; } = new Dictionary<string, string>
    {
        ["model_index.json"] = """
            {
              "_class_name": "StableDiffusionPipeline",
              "scheduler": ["diffusers", "PNDMScheduler"],
              "text_encoder": ["transformers", "CLIPTextModel"],
              "tokenizer": ["transformers", "CLIPTokenizer"],
              "unet": ["diffusers", "UNet2DConditionModel"],
              "vae": ["diffusers", "AutoencoderKL"]
            }
            """,
        ["unet/config.json"] = """
            {
              "_class_name": "UNet2DConditionModel",
              "act_fn": "silu", "attention_head_dim": 8, "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false, "cross_attention_dim": 768,
              "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
              "downsample_padding": 1, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2, "mid_block_scale_factor": 1,
              "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4, "sample_size": 64,
              "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
            }
            """,
        ["vae/config.json"] = """
            {
              "_class_name": "AutoencoderKL",
              "act_fn": "silu", "block_out_channels": [128, 256, 512, 512],
              "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
              "in_channels": 3, "latent_channels": 4, "layers_per_block": 2, "norm_num_groups": 32, "out_channels": 3, "sample_size": 512, "scaling_factor": 0.18215,
              "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
            }
            """,
        ["text_encoder/config.json"] = """
            {
              "architectures": ["CLIPTextModel"],
              "hidden_act": "quick_gelu", "hidden_size": 768, "intermediate_size": 3072, "layer_norm_eps": 1e-05, "max_position_embeddings": 77, "model_type": "clip_text_model",
              "num_attention_heads": 12, "num_hidden_layers": 12, "vocab_size": 49408
            }
            """,
        ["scheduler/scheduler_config.json"] = """
            {
              "_class_name": "PNDMScheduler",
              "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false, "num_train_timesteps": 1000, "set_alpha_to_one": false,
              "skip_prk_steps": true, "steps_offset": 1, "trained_betas": null
            }
            """,
    };

    /// <summary>The networks' tensors, from the networks themselves.</summary>
    public static IReadOnlyList<FabricatedPart> Parts() =>
    [
        FabricatedPart.Of("unet/diffusion_pytorch_model.safetensors", reader => _ = new UNet(reader, UNetConfiguration.FromDiffusers(Config("unet/config.json")))),
        FabricatedPart.Of("vae/diffusion_pytorch_model.safetensors", reader => _ = new Autoencoder(reader, AutoencoderConfiguration.FromDiffusers(Config("vae/config.json")))),
        FabricatedPart.Of("text_encoder/model.safetensors", reader => _ = new ClipTextEncoder(reader, ClipConfiguration.FromTransformers(Config("text_encoder/config.json")))),
    ];

    private static ModelConfig Config(string name) => ModelConfig.Parse(Encoding.UTF8.GetBytes(Configs[name]), name);
}
