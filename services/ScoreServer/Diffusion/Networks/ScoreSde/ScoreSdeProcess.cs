using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Networks.ScoreSde;

/// <summary>The noise of a configuration of score_sde, for images in [−1, 1].</summary>
internal sealed class ScoreSdeProcess
{
    /// <summary>Least time of a continuous VP process in training.</summary>
    private const double LeastTime = 1e-5;

    /// <summary>The process of a configuration.</summary>
    public ScoreSdeProcess(ScoreSdeConfig config)
    {
        // Images in [0, 1] spread to [−1, 1] double their noise.
        double unit = config.IsCentred ? 1 : 2;
        switch (config.Sde, config.IsContinuous)
        {
            case ("vesde", true):
                Preconditioning = new ExplodingPreconditioning(unit);
                (SigmaMin, SigmaMax) = (unit * config.SigmaMin, unit * config.SigmaMax);
                break;
            case ("vesde", false):
                Ladder = new SigmaLadder(NoiseLevels.Geometric(unit * config.SigmaMax, unit * config.SigmaMin, config.LevelCount), timestepsDescend: false);
                Preconditioning = new LadderScorePreconditioning(Ladder);
                (SigmaMin, SigmaMax) = (Ladder.SigmaMin, Ladder.SigmaMax);
                break;
            case ("vpsde", false):
                Ladder = SigmaLadder.FromBetas(Betas(config));
                Preconditioning = new EpsilonPreconditioning(Ladder);
                (SigmaMin, SigmaMax) = (Ladder.SigmaMin, Ladder.SigmaMax);
                break;
            case ("subvpsde", _):
                SubPreservingPreconditioning sub = new(config.BetaMin, config.BetaMax);
                Preconditioning = sub;
                (SigmaMin, SigmaMax) = (sub.Sigma(LeastTime * 100), sub.Sigma(1));
                break;
            default:
                PreservingPreconditioning preserving = new(config.BetaMin, config.BetaMax);
                Preconditioning = preserving;
                (SigmaMin, SigmaMax) = (preserving.Sigma(LeastTime), preserving.Sigma(1));
                break;
        }
    }

    /// <summary>Makes a denoiser of the network.</summary>
    public IPreconditioning Preconditioning { get; }

    /// <summary>The levels of a process in steps; null: any in range.</summary>
    public SigmaLadder? Ladder { get; }

    /// <summary>Least noise level.</summary>
    public double SigmaMin { get; }

    /// <summary>Greatest noise level.</summary>
    public double SigmaMax { get; }

    private static IEnumerable<double> Betas(ScoreSdeConfig config)
    {
        (double first, double last) = (config.BetaMin / config.LevelCount, config.BetaMax / config.LevelCount);
        return Enumerable.Range(0, config.LevelCount).Select(i => first + (i * (last - first) / (config.LevelCount - 1)));
    }
}
