using static TorchSharp.torch;

namespace Sjc.Diffusion;

/// <summary>The autoencoder of a latent model: pictures to the model's images and back. Used by one thread at a time, as its denoiser is.</summary>
/// <remarks>Pixels are [n, 3, height, width] in [−1, 1], latents [n, c, h, w] as the denoiser takes them, scaled. Tensors are on the model's device and of a
/// floating-point type; results have the argument's type and belong to the caller's dispose scope.</remarks>
public interface ILatentCodec
{
    /// <summary>Of the picture that belongs to one image of the model's <see cref="DenoiserDescription.DataShape"/>.</summary>
    DataShape PixelShape { get; }

    /// <summary>The latents of pictures: the mean of the encoder's distribution, so that equal pictures have equal latents.</summary>
    Tensor Encode(Tensor pixels);

    /// <summary>The pictures of latents; values may leave [−1, 1] by a little.</summary>
    Tensor Decode(Tensor latents);

    /// <summary>What a gradient on the latents is on the pixels: Jᵀ·g, with J = ∂<see cref="Encode"/>/∂pixels.</summary>
    /// <param name="pixels">Where J is taken, [n, 3, height, width].</param>
    /// <param name="latentGradient">g, [n, c, h, w].</param>
    /// <returns>[n, 3, height, width].</returns>
    Tensor EncodeVjp(Tensor pixels, Tensor latentGradient);
}
