namespace Sjc.Diffusion.Sampling;

/// <summary>D for a sampler: conditions, guidance, device and type are bound by whoever makes it.</summary>
/// <param name="noisy">x, [n, c, h, w].</param>
/// <param name="sigma">σ of every image.</param>
/// <param name="denoised">Receives D, [n, c, h, w].</param>
public delegate void DenoiseFunction(ReadOnlySpan<double> noisy, double sigma, Span<double> denoised);
