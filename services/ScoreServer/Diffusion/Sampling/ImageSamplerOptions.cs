using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Sampling;

/// <summary>What <see cref="ImageSampler"/> draws and how.</summary>
public sealed record ImageSamplerOptions
{
    /// <summary>One of <see cref="SamplerNames"/>.</summary>
    public string Sampler { get; init; } = SamplerNames.KarrasHeun;

    /// <summary>Steps, at least 1; a step of Heun's method and one with a corrector evaluate the model twice. A ladder of fewer levels makes them
    /// fewer; the adaptive solver does not heed them.</summary>
    public int Steps { get; init; } = 32;

    /// <summary>η in [0, 1] of the ancestral samplers: the part of the noise that they add; null: 0 for DDIM, 1 for the others.</summary>
    public double? Eta { get; init; }

    /// <summary>Error of one step of the adaptive solver, in [1e-10, 0.1].</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>r &gt; 0 of the correctors of the SDEs.</summary>
    public double SignalToNoise { get; init; } = 0.16;

    /// <summary>T of annealed Langevin dynamics: steps at each noise level, of <see cref="Steps"/> in all.</summary>
    public int StepsPerLevel { get; init; } = 5;

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
