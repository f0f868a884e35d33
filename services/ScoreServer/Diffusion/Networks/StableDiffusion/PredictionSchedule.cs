using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Schedules;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>The noise levels that a UNet was trained on, and what it predicts.</summary>
/// <param name="ladder">The levels.</param>
/// <param name="predictsVelocity">v (Salimans and Ho 2022) instead of ε.</param>
public sealed class PredictionSchedule(SigmaLadder ladder, bool predictsVelocity)
{
    private const string Epsilon = "epsilon";
    private const string Velocity = "v_prediction";
    private const int DefaultSteps = 1000;
    private const double DefaultFirstBeta = 0.00085;
    private const double DefaultLastBeta = 0.012;

    /// <summary>The levels.</summary>
    public SigmaLadder Ladder { get; } = ladder;

    /// <summary>v instead of ε.</summary>
    public bool PredictsVelocity { get; } = predictsVelocity;

    /// <summary>D from the network's output.</summary>
    public IPreconditioning Preconditioning { get; } = predictsVelocity ? new VelocityPreconditioning(ladder) : new EpsilonPreconditioning(ladder);

    /// <summary>Reads diffusers' scheduler_config.json; missing fields are those of Stable Diffusion.</summary>
    /// <param name="config">Null: all are missing.</param>
    /// <param name="prediction">A caller's word, "epsilon" or "v_prediction", that holds over the file's; null: the file's.</param>
    /// <exception cref="InvalidDataException">A field has an unsupported value.</exception>
    public static PredictionSchedule FromDiffusers(ModelConfig? config, string? prediction)
    {
        if (config is null)
        {
            return new PredictionSchedule(SigmaLadder.StableDiffusion, prediction == Velocity);
        }

        config.RequireUnset(["rescale_betas_zero_snr"], ["trained_betas"]);
        string predicted = prediction ?? config.Text("prediction_type", Epsilon);
        string shape = config.Text("beta_schedule", "scaled_linear");
        return new PredictionSchedule(
            Build(config.Name, shape, config.Number("beta_start", DefaultFirstBeta), config.Number("beta_end", DefaultLastBeta), config.WholeNumber("num_train_timesteps", DefaultSteps)),
            config.Choose("prediction_type", predicted, Epsilon, Velocity));
    }

    /// <summary>Reads "model.params" of a CompVis yaml.</summary>
    /// <param name="model">The section.</param>
    /// <param name="prediction">As above.</param>
    /// <exception cref="InvalidDataException">A field has an unsupported value.</exception>
    public static PredictionSchedule FromCompVis(ModelConfig model, string? prediction)
    {
        model.RequireText("beta_schedule", "linear");
        bool predictsVelocity = prediction is null ? model.Choose("parameterization", model.Text("parameterization", "eps"), "eps", "v") : prediction == Velocity;

        // What CompVis calls linear is linear in √β.
        SigmaLadder ladder = Build(model.Name, "scaled_linear", model.Number("linear_start", DefaultFirstBeta), model.Number("linear_end", DefaultLastBeta), model.WholeNumber("timesteps", DefaultSteps));
        return new PredictionSchedule(ladder, predictsVelocity);
    }

    /// <summary>The flag of a caller: "epsilon", "v_prediction", or null where it is not given.</summary>
    internal static string? Flag(CheckpointProbe probe) => probe.Flag("prediction", Epsilon, Velocity);

    private static SigmaLadder Build(string name, string shape, double first, double last, int steps)
    {
        if (!(first > 0 && last >= first && last < 1) || steps is < 2 or > 100_000)
        {
            throw new InvalidDataException($"The betas of {name} must ascend within (0, 1) in 2 to 100000 steps, but go from {first} to {last} in {steps}.");
        }

        double Step(double start, double end, int i) => start + (i * (end - start) / (steps - 1));
        IEnumerable<int> timesteps = Enumerable.Range(0, steps);
        return shape switch
        {
            "scaled_linear" => SigmaLadder.FromBetas(timesteps.Select(i => Step(Math.Sqrt(first), Math.Sqrt(last), i)).Select(root => root * root)),
            "linear" => SigmaLadder.FromBetas(timesteps.Select(i => Step(first, last, i))),
            _ => throw new InvalidDataException($"beta_schedule of {name} must be scaled_linear or linear, but is {shape}."),
        };
    }
}
