using Sjc.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks;

/// <summary>A small text-conditional UNet in pixel space: three resolutions of one residual block each, down and up.</summary>
/// <remarks>The embedding of text and noise level modulates every block, and is painted as a spatial map at the two lower resolutions:
/// a picture of which the prompt alone already knows the rough outline.</remarks>
internal sealed class ShapesNetwork : Module<Tensor, Tensor, Tensor, Tensor>
{
    private const int NoiseFrequencies = 32;

    private readonly int imageSize;
    private readonly int[] channels;
    private readonly TextEncoder text;
    private readonly Linear noise;
    private readonly Linear embed;
    private readonly Conv2d input;
    private readonly Parameter place;
    private readonly ResidualBlock down0;
    private readonly ResidualBlock down1;
    private readonly ResidualBlock down2;
    private readonly ResidualBlock middle;
    private readonly ResidualBlock up2;
    private readonly ResidualBlock up1;
    private readonly ResidualBlock up0;
    private readonly Linear paint1;
    private readonly Linear paint2;
    private readonly GroupNorm norm;
    private readonly Conv2d output;

    public ShapesNetwork(ShapesNetworkOptions options, ulong seed = 0)
        : base(nameof(ShapesNetwork))
    {
        Options = options;
        imageSize = options.ImageSize;
        channels = [.. options.Channels];
        (int c0, int c1, int c2) = (channels[0], channels[1], channels[2]);
        int width = options.EmbeddingWidth;
        int side = imageSize / 2;
        ResidualBlock Block(int inputs, int outputs) => new(inputs, outputs, width, options.Groups);

        text = new TextEncoder(options);
        noise = Linear(2 * NoiseFrequencies, width);
        embed = Linear(width, width);
        input = Conv2d(12, c0, 3, padding: 1);
        place = new Parameter(zeros(1, c0, side, side));
        (down0, down1, down2) = (Block(c0, c0), Block(c0, c1), Block(c1, c2));
        middle = Block(c2, c2);
        (up2, up1, up0) = (Block(2 * c2, c2), Block(c2 + c1, c1), Block(c1 + c0, c0));
        paint1 = Linear(width, c1 * (side / 2) * (side / 2));
        paint2 = Linear(width, c2 * (side / 4) * (side / 4));
        norm = GroupNorm(options.Groups, c0);
        output = Conv2d(c0, 12, 3, padding: 1);
        RegisterComponents();
        Initialize(seed);
    }

    /// <summary>The sizes.</summary>
    public ShapesNetworkOptions Options { get; }

    /// <summary>Embeds prompts: i64 [prompts, length] → [prompts, embedding width].</summary>
    public Tensor EncodeText(Tensor tokens) => text.forward(tokens);

    /// <summary>F of the preconditioning D = c_skip·x + c_out·F(c_in·x; c_noise).</summary>
    /// <param name="x">c_in·x, [n, 3, size, size].</param>
    /// <param name="noiseLevel">c_noise = ln(σ)/4, [n].</param>
    /// <param name="prompt">Embedded prompts, [n, embedding width].</param>
    /// <returns>[n, 3, size, size].</returns>
    public override Tensor forward(Tensor x, Tensor noiseLevel, Tensor prompt)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = functional.silu(embed.forward(functional.silu(noise.forward(Frequencies(noiseLevel)) + prompt)));
        Tensor h = input.forward(functional.pixel_unshuffle(x, 2)) + place;
        Tensor skip0 = down0.forward(h, embedding);
        h = functional.avg_pool2d(skip0, 2);
        Tensor skip1 = down1.forward(h, embedding) + Painted(paint1, embedding, channels[1], imageSize / 4);
        h = functional.avg_pool2d(skip1, 2);
        Tensor skip2 = down2.forward(h, embedding) + Painted(paint2, embedding, channels[2], imageSize / 8);
        h = middle.forward(skip2, embedding);
        h = up2.forward(cat([h, skip2], 1), embedding);
        h = up1.forward(cat([Enlarged(h), skip1], 1), embedding);
        h = up0.forward(cat([Enlarged(h), skip0], 1), embedding);
        h = output.forward(functional.silu(norm.forward(h)));
        return functional.pixel_shuffle(h, 2).MoveToOuterDisposeScope();
    }

    private static Tensor Painted(Linear paint, Tensor embedding, int channels, int side) =>
        paint.forward(embedding).view(-1, channels, side, side);

    private static Tensor Enlarged(Tensor h) => functional.interpolate(h, scale_factor: [2, 2], mode: InterpolationMode.Nearest);

    // cos and sin of 2^k·c_noise·π/4, geometric from one period over the whole range of noise levels to about a hundredth of it.
    private static Tensor Frequencies(Tensor noiseLevel)
    {
        float[] values = [.. Enumerable.Range(0, NoiseFrequencies).Select(k => (float)(0.5 * Math.Pow(64, k / (NoiseFrequencies - 1.0))))];
        Tensor angles = noiseLevel.unsqueeze(1) * tensor(values, device: noiseLevel.device, dtype: noiseLevel.dtype).unsqueeze(0);
        return cat([angles.cos(), angles.sin()], 1);
    }

    // Normal with variance 1/fan-in; what ends a residual branch or the network starts small, so that the start is near the identity.
    private void Initialize(ulong seed)
    {
        using IDisposable untracked = no_grad();
        uint index = 0;
        foreach ((string name, Parameter parameter) in named_parameters())
        {
            RandomKey key = new(seed, RandomStream.WeightInitialization, 0, index++);
            if (name.EndsWith(".bias", StringComparison.Ordinal) || parameter.dim() == 1)
            {
                parameter.fill_(name.Contains("norm", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0);
                continue;
            }

            float[] values = new float[parameter.numel()];
            key.FillNormal(values);
            double scale = InitialScale(name, parameter);
            using Tensor filled = tensor(values).view(parameter.shape).mul_(scale);
            parameter.copy_(filled);
        }
    }

    private static double InitialScale(string name, Parameter parameter)
    {
        double fanIn = parameter.numel() / parameter.shape[0];
        return name switch
        {
            "place" or "text.position" => 0.1,
            "text.token.weight" => 1,
            "output.weight" => 0,
            _ when name.EndsWith("second.weight", StringComparison.Ordinal) || name.StartsWith("paint", StringComparison.Ordinal) => 0.3 / Math.Sqrt(fanIn),
            _ when name.EndsWith("film.weight", StringComparison.Ordinal) => 0.3 / Math.Sqrt(fanIn),
            _ => 1 / Math.Sqrt(fanIn),
        };
    }
}
