using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Sampling;

/// <summary>What <see cref="ImageSampler"/> draws and how.</summary>
public sealed record ImageSamplerOptions
{
    /// <summary>One of <see cref="SamplerNames"/>.</summary>
    public string Sampler { get; init; } = SamplerNames.KarrasHeun;

    /// <summary>Steps, at least 1; a step of Heun's method evaluates the model twice.</summary>
    public int Steps { get; init; } = 32;

    /// <summary>Images, at least 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Of start and step noise.</summary>
    public ulong Seed { get; init; }

    /// <summary>The first noise level.</summary>
    public required double SigmaMax { get; init; }

    /// <summary>The last noise level before 0.</summary>
    public required double SigmaMin { get; init; }

    /// <summary>The model's ladder; null: it takes any level.</summary>
    public SigmaLadder? Ladder { get; init; }
}
