namespace Sjc.Diffusion.Sampling;

/// <summary>Told of each finished step of a sampler.</summary>
public delegate void SamplerProgress(SamplerStep step);

/// <summary>A finished step of a sampler.</summary>
/// <param name="stepIndex">From 0.</param>
/// <param name="stepCount">Steps in all.</param>
/// <param name="sigma">The noise level at which the step began.</param>
/// <param name="state">x after the step, [n, c, h, w].</param>
/// <param name="denoised">The guess of the clean images at the step's last evaluation, [n, c, h, w].</param>
public readonly ref struct SamplerStep(int stepIndex, int stepCount, double sigma, ReadOnlySpan<double> state, ReadOnlySpan<double> denoised)
{
    /// <summary>From 0.</summary>
    public int StepIndex { get; } = stepIndex;

    /// <summary>Steps in all.</summary>
    public int StepCount { get; } = stepCount;

    /// <summary>The noise level at which the step began.</summary>
    public double Sigma { get; } = sigma;

    /// <summary>x after the step, [n, c, h, w]; valid during the call.</summary>
    public ReadOnlySpan<double> State { get; } = state;

    /// <summary>The guess of the clean images at the step's last evaluation, [n, c, h, w]; valid during the call.</summary>
    public ReadOnlySpan<double> Denoised { get; } = denoised;
}
