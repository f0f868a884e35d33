using Sjc.Diffusion.Networks;

namespace Sjc.Diffusion.Training;

/// <summary>How a <see cref="ShapesNetwork"/> is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Of start values, pictures, noise and order.</summary>
    public ulong Seed { get; init; }

    /// <summary>Pictures shown over the whole run; the learning rate falls to 0 over them. A resumed run may plan another number.</summary>
    public long TotalVisits { get; init; } = 400_000;

    /// <summary>Pictures in a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Of Adam, at its highest.</summary>
    public double LearningRate { get; init; } = 1.2e-3;

    /// <summary>Visits over which the learning rate rises from 0.</summary>
    public long WarmupVisits { get; init; } = 6_400;

    /// <summary>Share of pictures whose caption is dropped, for guidance.</summary>
    public double CaptionDropout { get; init; } = 0.1;

    /// <summary>Mean of ln σ.</summary>
    public double LogSigmaMean { get; init; } = 0.3;

    /// <summary>Standard deviation of ln σ.</summary>
    public double LogSigmaDeviation { get; init; } = 1.2;

    /// <summary>Most that the averaged weights keep of themselves in a step.</summary>
    public double AverageDecay { get; init; } = 0.9995;

    /// <summary>Pictures rendered before training.</summary>
    public int PictureCount { get; init; } = 96_000;

    /// <summary>Threads that render the pictures.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>"cpu" or "cuda".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Pixels across and down; a multiple of 8.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>Channels at the network's three resolutions.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [64, 96, 128];
}
