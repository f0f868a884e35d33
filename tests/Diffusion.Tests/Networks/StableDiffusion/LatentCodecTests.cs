using Sjc.Diffusion.Networks.StableDiffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.StableDiffusion;

[Trait("Category", "Golden")]
public sealed class LatentCodecTests
{
    public static TheoryData<string> Folders => [.. StableDiffusionCase.Folders];

    [Theory]
    [MemberData(nameof(Folders))]
    public void EncodeVjp_RandomPicture_MatchesCentralDifference(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        using Autoencoder autoencoder = StableDiffusionFiles.Read(golden.Probe).LoadAutoencoder(ScalarType.Float64, CPU);
        using DisposeScope scope = NewDisposeScope();
        int across = autoencoder.Configuration.Downsampling;
        LatentCodec codec = new(autoencoder, new DataShape(autoencoder.Configuration.LatentChannels, 2, 3));
        Assert.Equal(new DataShape(3, 2 * across, 3 * across), codec.PixelShape);
        Tensor pixels = Seeded(1, 3, 2 * across, 3 * across);
        Tensor latentGradient = Seeded(1, autoencoder.Configuration.LatentChannels, 2, 3);

        Tensor gradient = codec.EncodeVjp(pixels, latentGradient);

        // ⟨g, ∂E/∂x·d⟩ = ⟨Jᵀg, d⟩ along random directions d; in float64, step 10⁻⁵ leaves errors of some 10⁻⁹.
        const double Step = 1e-5;
        for (int i = 0; i < 3; i++)
        {
            Tensor direction = Seeded([.. pixels.shape]);
            Tensor change = (codec.Encode(pixels + (Step * direction)) - codec.Encode(pixels - (Step * direction))) / (2 * Step);
            double expected = (change * latentGradient).sum().item<double>();
            Assert.Equal(expected, (gradient * direction).sum().item<double>(), 1e-6 * Math.Max(1, Math.Abs(expected)));
        }

        Assert.False(gradient.requires_grad);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Codec_WrongShapes_AreRefused(string name)
    {
        using StableDiffusionCase golden = StableDiffusionCase.Open(name);
        using Autoencoder autoencoder = StableDiffusionFiles.Read(golden.Probe).LoadAutoencoder(ScalarType.Float32, CPU);
        using DisposeScope scope = NewDisposeScope();
        int across = autoencoder.Configuration.Downsampling;
        int channels = autoencoder.Configuration.LatentChannels;
        LatentCodec codec = new(autoencoder, new DataShape(channels, 2, 2));

        Assert.Throws<ArgumentException>(() => codec.Encode(zeros(1, 3, across + 1, across)));
        Assert.Throws<ArgumentException>(() => codec.Encode(zeros(3, across, across)));
        Assert.Throws<ArgumentException>(() => codec.Decode(zeros(1, channels + 1, 2, 2)));
        Assert.Throws<ArgumentException>(() => codec.EncodeVjp(zeros(1, 3, across, across), zeros(1, channels, 1, 2)));
    }

    private static Tensor Seeded(params long[] shape)
    {
        Tensor values = tensor(TestModels.Normal((uint)shape.Sum(), (int)shape.Aggregate((product, extent) => product * extent)));
        return values.view(shape).to(ScalarType.Float64);
    }
}
