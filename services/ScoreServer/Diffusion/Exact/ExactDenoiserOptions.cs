using TorchSharp;

namespace Sjc.Diffusion.Exact;

/// <summary>Settings of <see cref="ExactDenoiser"/>.</summary>
public sealed record ExactDenoiserOptions
{
    /// <summary>A name for the model.</summary>
    public string Name { get; init; } = "exact";

    /// <summary>One line for people.</summary>
    public string Summary { get; init; } = "Closed-form optimal denoiser of a finite set of captioned pictures.";

    /// <summary>Least noise level, &gt; 0.</summary>
    public double SigmaMin { get; init; } = 0.01;

    /// <summary>Greatest noise level.</summary>
    public double SigmaMax { get; init; } = 80;

    /// <summary>The type of noisy and denoised images; the softmax is computed in float64 whatever it is.</summary>
    public torch.ScalarType ComputeType { get; init; } = torch.ScalarType.Float32;

    /// <summary>Where it computes, such as "cpu" or "cuda:0".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Most bytes of prepared pictures kept.</summary>
    public long CacheBytes { get; init; } = 512L << 20;

    /// <summary>How the captions word a view; null: the reference's words.</summary>
    public ViewWording? ViewWording { get; init; }

    /// <summary>Settings of the optimizer that suit the pictures.</summary>
    public OptimizationHints Hints { get; init; } = new();
}
