namespace Sjc.Diffusion.Sampling;

/// <summary>Settings of <see cref="PredictorCorrectorSampler"/>.</summary>
public sealed record PredictorCorrectorOptions
{
    /// <summary>The process.</summary>
    public required ReverseSde Process { get; init; }

    /// <summary>Descending noise levels, without the final 0.</summary>
    public required IReadOnlyList<double> Levels { get; init; }

    /// <summary>Langevin steps before each predictor step; 0: the predictor alone.</summary>
    public int CorrectorSteps { get; init; } = 1;

    /// <summary>r: ratio of a Langevin step's way along the score to its noise. Song et al. 2021, appendix G, use 0.16 on CIFAR-10.</summary>
    public double SignalToNoise { get; init; } = 0.16;
}
