using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>An <see cref="Autoencoder"/> as the codec of its denoiser.</summary>
/// <param name="autoencoder">Not owned.</param>
/// <param name="latentShape">Of the denoiser's images.</param>
public sealed class LatentCodec(Autoencoder autoencoder, DataShape latentShape) : ILatentCodec
{
    private readonly int downsampling = autoencoder.Configuration.Downsampling;

    /// <inheritdoc/>
    public DataShape PixelShape { get; } = new(
        autoencoder.Configuration.PixelChannels, latentShape.Height * autoencoder.Configuration.Downsampling, latentShape.Width * autoencoder.Configuration.Downsampling);

    /// <inheritdoc/>
    public Tensor Encode(Tensor pixels)
    {
        RequirePixels(pixels);
        using IDisposable untracked = inference_mode();
        return autoencoder.Encode(pixels);
    }

    /// <inheritdoc/>
    public Tensor Decode(Tensor latents)
    {
        RequireChannels(latents, autoencoder.Configuration.LatentChannels, nameof(latents));
        using IDisposable untracked = inference_mode();
        return autoencoder.Decode(latents);
    }

    /// <inheritdoc/>
    public Tensor EncodeVjp(Tensor pixels, Tensor latentGradient)
    {
        RequirePixels(pixels);
        RequireChannels(latentGradient, autoencoder.Configuration.LatentChannels, nameof(latentGradient));
        if (latentGradient.shape[0] != pixels.shape[0] || latentGradient.shape[2] * downsampling != pixels.shape[2] || latentGradient.shape[3] * downsampling != pixels.shape[3])
        {
            throw new ArgumentException(
                $"{nameof(latentGradient)} must have the shape of the latents of {nameof(pixels)} [{string.Join(", ", pixels.shape)}], but has [{string.Join(", ", latentGradient.shape)}].", nameof(latentGradient));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable tracked = enable_grad();

        // A copy: what comes out of inference mode cannot be differentiated.
        Tensor leaf = pixels.detach().clone().requires_grad_();
        Tensor latents = autoencoder.Encode(leaf);
        return autograd.grad([latents], [leaf], [latentGradient.to(latents.dtype)])[0].MoveToOuterDisposeScope();
    }

    private void RequirePixels(Tensor pixels)
    {
        RequireChannels(pixels, autoencoder.Configuration.PixelChannels, nameof(pixels));
        if (pixels.shape[2] % downsampling != 0 || pixels.shape[3] % downsampling != 0)
        {
            throw new ArgumentException($"{nameof(pixels)} must be a multiple of {downsampling} across and down, but are {pixels.shape[2]}×{pixels.shape[3]}.", nameof(pixels));
        }
    }

    private static void RequireChannels(Tensor images, int channels, string name)
    {
        if (images.dim() != 4 || images.shape[1] != channels || images.numel() == 0)
        {
            throw new ArgumentException($"{name} must have the shape [n, {channels}, height, width], but has [{string.Join(", ", images.shape)}].", name);
        }
    }
}
