namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>The flags of a published checkpoint that its weights do not tell, and the sizes by which it is recognised.</summary>
/// <param name="Name">As in the flag "preset".</param>
/// <param name="ImageSize">Side of the images in pixels.</param>
/// <param name="Width">num_channels.</param>
/// <param name="Blocks">num_res_blocks.</param>
/// <param name="LevelCount">Resolutions.</param>
/// <param name="AttentionLevels">Levels with attention.</param>
/// <param name="IsConditional">class_cond.</param>
/// <param name="HeadWidth">num_head_channels; 0: four heads.</param>
/// <param name="NewOrder">use_new_attention_order.</param>
/// <param name="Schedule">noise_schedule.</param>
internal sealed record GuidedPreset(
    string Name, int ImageSize, int Width, int Blocks, int LevelCount, IReadOnlyList<int> AttentionLevels, bool IsConditional, int HeadWidth, bool NewOrder, string Schedule)
{
    /// <summary>From the commands in the READMEs of openai/guided-diffusion and, for FFHQ, of P2 weighting (Choi et al. 2022).</summary>
    public static IReadOnlyList<GuidedPreset> All { get; } =
    [
        new("lsun256", 256, 256, 2, 6, [3, 4, 5], false, 64, false, "linear"), // and ImageNet 256, unconditional
        new("ffhq256-p2", 256, 128, 1, 6, [4], false, 64, false, "linear"),
        new("imagenet64", 64, 192, 3, 4, [1, 2, 3], true, 64, true, "cosine"),
        new("imagenet128", 128, 256, 2, 5, [2, 3, 4], true, 0, false, "linear"),
        new("imagenet256", 256, 256, 2, 6, [3, 4, 5], true, 64, false, "linear"),
        new("imagenet512", 512, 256, 2, 7, [4, 5, 6], true, 64, false, "linear"),
    ];

    /// <summary>Whether a network's sizes are those of the checkpoint.</summary>
    public bool Fits(int width, int blocks, int levels, IReadOnlySet<int> attentionLevels, bool isConditional) =>
        width == Width && blocks == Blocks && levels == LevelCount && attentionLevels.SetEquals(AttentionLevels) && isConditional == IsConditional;
}
