namespace Sjc.Diffusion.Networks.Unet;

/// <summary>What a family calls the parts of a <see cref="UnetBlock"/>.</summary>
internal sealed record UnetBlockNames(string Norm1, string Conv1, string Embedding, string Norm2, string Conv2, string Shortcut)
{
    /// <summary>Guided diffusion and CompVis.</summary>
    public static UnetBlockNames GuidedDiffusion { get; } = new("in_layers.0", "in_layers.2", "emb_layers.1", "out_layers.0", "out_layers.3", "skip_connection");

    /// <summary>EDM.</summary>
    public static UnetBlockNames Edm { get; } = new("norm0", "conv0", "affine", "norm1", "conv1", "skip");
}
