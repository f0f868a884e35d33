using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>The question of one iteration to the scorer.</summary>
internal static class ScoreRequests
{
    /// <summary>Perturb-and-average scores of all views of an iteration, with noise keyed by seed and iteration.</summary>
    /// <param name="spec">With every field filled in.</param>
    /// <param name="model">Of the scorer.</param>
    /// <param name="iteration">From 0.</param>
    /// <param name="images">[views, c, h, w].</param>
    /// <param name="sigmas">[views].</param>
    /// <param name="prompts">[views], with the view's words.</param>
    public static ScoreRequest Build(
        JobSpec spec, Model model, int iteration, ReadOnlySpan<float> images, IReadOnlyList<double> sigmas, IReadOnlyList<string> prompts)
    {
        ScoreRequest request = new()
        {
            Model = model.Name,
            Images = TensorCodec.Encode(images, [sigmas.Count, .. model.DataShape.Select(extent => (int)extent)]),
            Sigmas = { sigmas },
            Conditionings = { prompts.Select(prompt => Condition(spec, model, prompt)) },
            PerturbAndAverage = new PerturbAndAverageEstimator
            {
                Draws = spec.Score.Draws,
                Seed = spec.Seed,
                Iteration = (uint)iteration,
                VarianceReduction = spec.Score.VarianceReduction,
            },
            Outputs = new ScoreOutputs { Gradient = true },
            ClampDenoised = spec.Score.ClampDenoised,
            Deterministic = spec.Score.Deterministic,
            EncodeImages = spec.Score.ThroughEncoder,
        };
        if (model.Conditioning != ConditioningKind.None)
        {
            request.GuidanceScale = spec.Score.GuidanceScale;
        }
        else
        {
            request.Conditionings.Clear();
        }

        return request;
    }

    private static Conditioning Condition(JobSpec spec, Model model, string prompt)
    {
        if (model.Conditioning == ConditioningKind.ClassLabel)
        {
            return new Conditioning { ClassLabel = spec.ClassLabel };
        }

        Conditioning condition = new() { Prompt = prompt };
        if (spec.NegativePrompt.Length > 0)
        {
            condition.NegativePrompt = spec.NegativePrompt;
        }

        return condition;
    }
}
