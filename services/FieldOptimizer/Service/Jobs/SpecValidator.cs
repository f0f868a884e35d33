using System.ComponentModel.DataAnnotations;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.RadianceField.Optimization;
using GrowthStep = Sjc.Contracts.Field.V1.GrowthStep;
using SigmaDistribution = Sjc.Contracts.Field.V1.SigmaDistribution;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>The rules of a spec, checked once every field is filled in; all faults are collected.</summary>
internal static class SpecValidator
{
    /// <summary>Longest prompt, characters; a scorer may take fewer.</summary>
    public const int MaxPromptLength = 2000;

    private static readonly Dictionary<string, string> Paths = new()
    {
        [nameof(SjcOptions.FovMaxDegrees)] = "spec.camera.fov_max_degrees",
        [nameof(SjcOptions.BackgroundColor)] = "spec.field.background_color",
        [nameof(SjcOptions.SigmaLadder)] = "spec.score.sigma_distribution",
        [nameof(SjcOptions.SigmaMaxEnd)] = "spec.score.sigma_max_end",
        [nameof(SjcOptions.RenderSize)] = "spec.field.render_size",
    };

    /// <summary>Adds every fault of the spec, and of its fit to the model.</summary>
    public static void Check(JobSpec spec, Model model, FieldViolations violations)
    {
        CheckPrompt(spec, model, violations);
        Within(violations, "spec.iterations", spec.Iterations, 1, 1_000_000);
        Within(violations, "spec.checkpoint_every", spec.CheckpointEvery, 1, 1_000_000);
        Within(violations, "spec.preview_every", spec.PreviewEvery, 0, 1_000_000);
        CheckField(spec.Field, violations);
        CheckGrowth(spec, violations);
        CheckPruning(spec, violations);
        CheckCamera(spec.Camera, violations);
        CheckScore(spec.Score, model, violations);
        CheckLossAndOptimizer(spec.Loss, spec.Optimizer, violations);
        violations.Require(model.DataShape.Count == 3, "spec.model", "have images of shape [c, h, w]", $"a model of shape {model.DataShape}");
        if (!violations.Any)
        {
            CheckOptions(spec, model, violations);
        }
    }

    private static void CheckPrompt(JobSpec spec, Model model, FieldViolations violations)
    {
        violations.Require(spec.Prompt.Length <= MaxPromptLength, "spec.prompt", $"have at most {MaxPromptLength} characters", spec.Prompt.Length);
        violations.Require(spec.NegativePrompt.Length <= MaxPromptLength, "spec.negative_prompt", $"have at most {MaxPromptLength} characters", spec.NegativePrompt.Length);
        if (model.Conditioning == ConditioningKind.Prompt)
        {
            violations.Require(!string.IsNullOrWhiteSpace(spec.Prompt), "spec.prompt", "say what to make", spec.Prompt);
        }

        if (model.Conditioning == ConditioningKind.ClassLabel)
        {
            violations.Require(
                spec.HasClassLabel && spec.ClassLabel < model.ClassCount, "spec.class_label", $"be in [0, {model.ClassCount})", spec.HasClassLabel ? spec.ClassLabel : null);
        }
        else
        {
            violations.Require(!spec.HasClassLabel, "spec.class_label", $"be unset for {model.Name}, which has no classes", spec.ClassLabel);
        }
    }

    private static void CheckField(FieldSpec field, FieldViolations violations)
    {
        Within(violations, "spec.field.grid_size", field.GridSize, 4, 400);
        Within(violations, "spec.field.box_half_extent", field.BoxHalfExtent, 1e-3, 1e3);
        Within(violations, "spec.field.density_shift", field.DensityShift, -100, 100);
        Within(violations, "spec.field.background_size", field.BackgroundSize, 1, 1024);
        Within(violations, "spec.field.step_ratio", field.StepRatio, 0.05, 8);
        Within(violations, "spec.field.weight_threshold", field.WeightThreshold, 0, 1);
        Within(violations, "spec.field.render_size", field.RenderSize, 4, 1024);
        violations.Require(Enum.IsDefined(field.ColorMode), "spec.field.color_mode", "be a known color mode", (int)field.ColorMode);
    }

    private static void CheckGrowth(JobSpec spec, FieldViolations violations)
    {
        (uint iteration, uint grid) = (0, spec.Field.GridSize);
        for (int i = 0; i < spec.Field.Growth.Count; i++)
        {
            GrowthStep step = spec.Field.Growth[i];
            string field = $"spec.field.growth[{i}]";
            violations.Require(step.Iteration > iteration, $"{field}.iteration", $"be greater than {iteration}", step.Iteration);
            violations.Require(step.Iteration < spec.Iterations, $"{field}.iteration", $"be less than the job's {spec.Iterations} iterations", step.Iteration);
            violations.Require(step.GridSize > grid, $"{field}.grid_size", $"be greater than the grid before it ({grid})", step.GridSize);
            violations.Require(step.GridSize <= SjcOptions.GreatestGrid, $"{field}.grid_size", $"be at most {SjcOptions.GreatestGrid}", step.GridSize);
            (iteration, grid) = (step.Iteration, step.GridSize);
        }
    }

    private static void CheckPruning(JobSpec spec, FieldViolations violations)
    {
        FieldSpec field = spec.Field;
        violations.Require(field.PruneThreshold is >= 0 and < 1, "spec.field.prune_threshold", "be in [0, 1)", field.PruneThreshold);
        uint before = 0;
        for (int i = 0; i < field.PruneIterations.Count; i++)
        {
            uint iteration = field.PruneIterations[i];
            violations.Require(iteration > before, $"spec.field.prune_iterations[{i}]", $"be greater than {before}", iteration);
            violations.Require(iteration < spec.Iterations, $"spec.field.prune_iterations[{i}]", $"be less than the job's {spec.Iterations} iterations", iteration);
            before = iteration;
        }
    }

    private static void CheckCamera(CameraSpec camera, FieldViolations violations)
    {
        Within(violations, "spec.camera.radius", camera.Radius, 1e-3, 1e4);
        Within(violations, "spec.camera.fov_min_degrees", camera.FovMinDegrees, 1, 170);
        Within(violations, "spec.camera.fov_max_degrees", camera.FovMaxDegrees, 1, 170);
        Within(violations, "spec.camera.polar_range_degrees", camera.PolarRangeDegrees, 1, 180);
    }

    private static void CheckScore(ScoreSpec score, Model model, FieldViolations violations)
    {
        Within(violations, "spec.score.guidance_scale", score.GuidanceScale, -100, 1000);
        Within(violations, "spec.score.draws", score.Draws, 1, 64);
        Within(violations, "spec.score.views_per_iteration", score.ViewsPerIteration, 1, SpecOptions.MostViews(model));
        violations.Require(Enum.IsDefined(score.SigmaDistribution), "spec.score.sigma_distribution", "be a known distribution", (int)score.SigmaDistribution);
        if (score.SigmaDistribution == SigmaDistribution.LogUniform)
        {
            Within(violations, "spec.score.sigma_min", score.SigmaMin, model.SigmaMin, model.SigmaMax);
            Within(violations, "spec.score.sigma_max_start", score.SigmaMaxStart, model.SigmaMin, model.SigmaMax);
            Within(violations, "spec.score.sigma_max_end", score.SigmaMaxEnd, model.SigmaMin, model.SigmaMax);
        }
    }

    private static void CheckLossAndOptimizer(LossSpec loss, OptimizerSpec optimizer, FieldViolations violations)
    {
        Within(violations, "spec.loss.emptiness_weight", loss.EmptinessWeight, 0, 1e9);
        Within(violations, "spec.loss.emptiness_scale", loss.EmptinessScale, 0, 1e6);
        Within(violations, "spec.loss.emptiness_step", loss.EmptinessStep, 0, 1);
        Within(violations, "spec.loss.emptiness_multiplier", loss.EmptinessMultiplier, 0, 1e6);
        Within(violations, "spec.loss.depth_weight", loss.DepthWeight, 0, 1e9);
        Within(violations, "spec.optimizer.learning_rate", optimizer.LearningRate, 0, 1e3);
        Within(violations, "spec.optimizer.background_learning_rate", optimizer.BackgroundLearningRate, 0, 1e3);
    }

    /// <summary>The kernel's own rules: those across fields, and whatever range is narrower there.</summary>
    private static void CheckOptions(JobSpec spec, Model model, FieldViolations violations)
    {
        SjcOptions options = SpecOptions.ToSjcOptions(spec, model, threads: 1);
        List<ValidationResult> results = [];
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        foreach (ValidationResult result in results)
        {
            string member = result.MemberNames.FirstOrDefault() ?? "";
            violations.Add(new FieldViolation(Paths.GetValueOrDefault(member, "spec"), result.ErrorMessage ?? $"{member} breaks a rule."));
        }
    }

    private static void Within(FieldViolations violations, string field, double value, double least, double most) =>
        violations.Require(value >= least && value <= most, field, $"be in [{least}, {most}]", value);
}
