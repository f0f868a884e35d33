namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>The networks of one model.</summary>
/// <param name="unet">F.</param>
/// <param name="textEncoder">Of prompts.</param>
/// <param name="autoencoder">Null where pictures are neither encoded nor decoded.</param>
internal sealed class StableDiffusionNetworks(UNet unet, ClipTextEncoder textEncoder, Autoencoder? autoencoder)
{
    public UNet UNet { get; } = unet;

    public ClipTextEncoder TextEncoder { get; } = textEncoder;

    public Autoencoder? Autoencoder { get; } = autoencoder;
}
