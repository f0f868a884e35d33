namespace Sjc.Diffusion;

/// <summary>What a model's images are.</summary>
public enum DataSpace
{
    /// <summary>RGB pixels.</summary>
    Pixel,

    /// <summary>Latents of an autoencoder.</summary>
    Latent,
}
