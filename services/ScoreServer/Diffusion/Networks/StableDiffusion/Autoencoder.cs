using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Stable Diffusion's autoencoder (Rombach et al. 2022), with the names of diffusers.</summary>
public sealed class Autoencoder : IDisposable
{
    /// <summary>Of every norm in the autoencoder.</summary>
    internal const double NormEpsilon = 1e-6;

    // As in the original: no latent comes near, and the exponential stays finite.
    private const double MinLogVariance = -30;
    private const double MaxLogVariance = 20;

    private readonly WeightSet weights;
    private readonly ScalarType dataType;
    private readonly AutoencoderEncoder encoder;
    private readonly AutoencoderDecoder decoder;

    /// <summary>Takes the weights.</summary>
    /// <param name="reader">At the autoencoder; the caller requires that it has no faults.</param>
    /// <param name="configuration">The sizes.</param>
    public Autoencoder(WeightReader reader, AutoencoderConfiguration configuration)
    {
        Configuration = configuration;
        weights = reader.Weights;
        dataType = reader.DataType;
        encoder = new AutoencoderEncoder(reader, configuration);
        decoder = new AutoencoderDecoder(reader, configuration);
    }

    /// <summary>The sizes.</summary>
    public AutoencoderConfiguration Configuration { get; }

    /// <summary>The normal distribution of pictures' latents, without scaling.</summary>
    /// <param name="pixels">[n, 3, h, w] in [−1, 1]; h and w are multiples of <see cref="AutoencoderConfiguration.Downsampling"/>.</param>
    /// <param name="observe">Told of each block's result.</param>
    /// <returns>[n, 2 · latent channels, h / 8, w / 8]: mean, then log variance, not clamped.</returns>
    public Tensor EncodeMoments(Tensor pixels, BlockObserver? observe = null)
    {
        using DisposeScope scope = NewDisposeScope();
        return encoder.Forward(pixels.to(dataType), observe).to(pixels.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Latents of pictures, scaled.</summary>
    /// <param name="pixels">[n, 3, h, w] in [−1, 1].</param>
    /// <param name="noise">n ~ N(0, I) that makes the latents a sample, [n, latent channels, h / 8, w / 8]; null: the mean.</param>
    public Tensor Encode(Tensor pixels, Tensor? noise = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] moments = EncodeMoments(pixels).chunk(2, 1);
        Tensor latents = noise is null ? moments[0] : moments[0] + ((0.5 * moments[1].clamp(MinLogVariance, MaxLogVariance)).exp() * noise);
        return (latents * Configuration.ScalingFactor).MoveToOuterDisposeScope();
    }

    /// <summary>Pictures of latents.</summary>
    /// <param name="latents">[n, latent channels, h, w], scaled.</param>
    /// <param name="observe">Told of each block's result.</param>
    /// <returns>[n, 3, 8 h, 8 w].</returns>
    public Tensor Decode(Tensor latents, BlockObserver? observe = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor unscaled = (latents / Configuration.ScalingFactor).to(dataType);
        return decoder.Forward(unscaled, observe).to(latents.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Weights in all.</summary>
    public long ParameterCount => weights.ElementCount;

    /// <inheritdoc/>
    public void Dispose() => weights.Dispose();
}
