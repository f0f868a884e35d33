namespace Sjc.Diffusion.Preconditioning;

/// <summary>Coefficients of D(x; σ) = c_skip·x + c_out·F(c_in·x; c_noise).</summary>
/// <param name="Skip">c_skip.</param>
/// <param name="Out">c_out.</param>
/// <param name="In">c_in.</param>
/// <param name="Noise">c_noise: what the network is told of σ.</param>
public readonly record struct PreconditioningCoefficients(double Skip, double Out, double In, double Noise);
