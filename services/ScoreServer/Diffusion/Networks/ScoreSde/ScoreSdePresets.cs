using System.Globalization;
using System.Text;
using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.ScoreSde;

/// <summary>The published configurations of NCSN++ and DDPM++, by the names of their files.</summary>
internal static class ScoreSdePresets
{
    private static readonly Dictionary<string, Preset> All = new(StringComparer.Ordinal)
    {
        ["cifar10_ncsnpp_continuous"] = new("vesde", true, 32, 128, [1, 2, 2, 2], 4, 50, 1000, Input: "residual"),
        ["cifar10_ncsnpp_deep_continuous"] = new("vesde", true, 32, 128, [1, 2, 2, 2], 8, 50, 1000, Input: "residual"),
        ["cifar10_ncsnpp"] = new("vesde", false, 32, 128, [1, 2, 2, 2], 4, 50, 1000, Input: "residual"),
        ["celeba_ncsnpp"] = new("vesde", false, 64, 128, [1, 2, 2, 2], 4, 90, 1000, Input: "residual"),
        ["bedroom_ncsnpp_continuous"] = new("vesde", true, 256, 128, [1, 1, 2, 2, 2, 2, 2], 2, 378, 2000, Input: "input_skip", Output: "output_skip"),
        ["church_ncsnpp_continuous"] = new("vesde", true, 256, 128, [1, 1, 2, 2, 2, 2, 2], 2, 380, 2000, Input: "input_skip", Output: "output_skip"),
        ["ffhq_256_ncsnpp_continuous"] = new("vesde", true, 256, 128, [1, 1, 2, 2, 2, 2, 2], 2, 348, 2000, Input: "input_skip", Output: "output_skip"),
        ["ffhq_ncsnpp_continuous"] = new("vesde", true, 1024, 16, [1, 2, 4, 8, 16, 32, 32, 32], 1, 1348, 2000, Input: "input_skip", Output: "output_skip"),
        ["vp_cifar10_ddpmpp_continuous"] = new("vpsde", true, 32, 128, [1, 2, 2, 2], 4, 50, 1000),
        ["vp_cifar10_ddpmpp_deep_continuous"] = new("vpsde", true, 32, 128, [1, 2, 2, 2], 8, 50, 1000),
        ["vp_cifar10_ddpmpp"] = new("vpsde", false, 32, 128, [1, 2, 2, 2], 4, 50, 1000),
        ["subvp_cifar10_ddpmpp_continuous"] = new("subvpsde", true, 32, 128, [1, 2, 2, 2], 4, 50, 1000),
        ["subvp_cifar10_ddpmpp_deep_continuous"] = new("subvpsde", true, 32, 128, [1, 2, 2, 2], 8, 50, 1000),
    };

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>A published configuration.</summary>
    public static ModelConfig Config(string name)
    {
        Preset preset = All[name];
        bool exploding = preset.Sde == "vesde";
        string json = string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "model": {
                "name": "ncsnpp", "nf": {{preset.Width}}, "ch_mult": [{{string.Join(", ", preset.Multipliers)}}], "num_res_blocks": {{preset.Blocks}}, "attn_resolutions": [16],
                "fir": {{(preset.Input == "none" ? "false" : "true")}}, "progressive_input": "{{preset.Input}}", "progressive": "{{preset.Output}}",
                "embedding_type": "{{(exploding && preset.Continuous ? "fourier" : "positional")}}", "scale_by_sigma": {{(exploding ? "true" : "false")}},
                "sigma_min": 0.01, "sigma_max": {{preset.SigmaMax}}, "num_scales": {{preset.Levels}}, "beta_min": 0.1, "beta_max": 20
              },
              "data": { "image_size": {{preset.Size}}, "centered": {{(exploding ? "false" : "true")}} },
              "training": { "sde": "{{preset.Sde}}", "continuous": {{(preset.Continuous ? "true" : "false")}} }
            }
            """);
        return ModelConfig.Parse(Encoding.UTF8.GetBytes(json), $"preset {name}");
    }

    private sealed record Preset(
        string Sde, bool Continuous, int Size, int Width, int[] Multipliers, int Blocks, double SigmaMax, int Levels, string Input = "none", string Output = "none");
}
