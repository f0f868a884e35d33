namespace Sjc.Diffusion.Networks.Edm;

/// <summary>The choices of a <see cref="SongUnet"/>.</summary>
internal sealed record SongUnetOptions : EdmUnetOptions
{
    /// <summary>Random Fourier features of the noise label (NCSN++); else sinusoids (DDPM++).</summary>
    public bool Fourier { get; init; }

    /// <summary>Width of the noise label's features, in units of <see cref="EdmUnetOptions.Width"/>.</summary>
    public int NoiseMultiplier { get; init; } = 1;

    /// <summary>Each resolution of the decoder adds to an output pyramid; else the finest alone makes the output.</summary>
    public bool OutputPyramid { get; init; }

    /// <summary>Resampling filter.</summary>
    public IReadOnlyList<double> Filter { get; init; } = [1, 1];

    /// <summary>Factor on sums of a residual and its input.</summary>
    public double OutputScale { get; init; } = Math.Sqrt(0.5);

    /// <summary>Queries, keys and values have matrices of their own, [inputs, outputs] (score_sde).</summary>
    public bool SeparateQkv { get; init; }

    /// <inheritdoc/>
    public override int FirstChannels => Width;

    /// <inheritdoc/>
    public override bool AttendsInDecoder(int level, int block) => block == BlocksPerLevel && Attends(level);

    /// <inheritdoc/>
    public override bool MakesOutput(int level) => OutputPyramid || level == 0;
}
