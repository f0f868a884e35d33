using Sjc.Diffusion;
using Sjc.ScoreServer.Models;
using static TorchSharp.torch;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>A latent model with an autoencoder that can be followed by hand: a picture of 8×8 pixels has latents [4, 4, 4], per 2×2 pixels and channel the mean of x + x²/4,
/// and of the grey the mean again; decoding repeats the first three. The denoiser halves.</summary>
internal sealed class LatentDenoiser : IDenoiser, ILatentCodec
{
    public const string Kind = "latent";

    public static IModelFactory Factory => new TestFactory(Kind, () => new LatentDenoiser());

    public DenoiserDescription Description { get; } = new()
    {
        Kind = Kind,
        DataShape = new DataShape(4, 4, 4),
        DataSpace = DataSpace.Latent,
        ValueMin = -4,
        ValueMax = 4,
        SigmaMin = 0.1,
        SigmaMax = 10,
        MaxPromptTokens = 8,
    };

    public ILatentCodec LatentCodec => this;

    public DataShape PixelShape { get; } = new(3, 8, 8);

    public Condition Unconditional { get; } = new Nothing();

    public PromptEncoding EncodePrompt(string prompt) => new(Unconditional, prompt.Split(' ').Length, []);

    public Tensor Denoise(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions) => noisy * 0.5;

    public Tensor Encode(Tensor pixels)
    {
        Tensor colors = nn.functional.avg_pool2d(pixels + (pixels.square() / 4), 2);
        return cat([colors, colors.mean([1], keepdim: true)], 1);
    }

    public Tensor Decode(Tensor latents) => nn.functional.interpolate(latents.narrow(1, 0, 3), scale_factor: [2.0, 2.0]);

    public Tensor EncodeVjp(Tensor pixels, Tensor latentGradient)
    {
        Tensor colors = latentGradient.narrow(1, 0, 3) + (latentGradient.narrow(1, 3, 1) / 3);
        return nn.functional.interpolate(colors, scale_factor: [2.0, 2.0]) / 4 * (1 + (pixels / 2));
    }

    public void Dispose()
    {
    }

    private sealed class Nothing : Condition;
}
