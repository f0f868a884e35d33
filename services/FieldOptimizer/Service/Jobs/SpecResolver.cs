using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Fills in a spec: what the caller left open comes from the model's hints, and what those leave open from the reference.</summary>
/// <remarks>The defaults are those that field.proto documents. Pure; the result is what is stored, so that later changes of a model's
/// hints do not change a job.</remarks>
internal static class SpecResolver
{
    /// <summary>A new spec with every field set.</summary>
    /// <param name="requested">As the caller wrote it.</param>
    /// <param name="model">The model that will score it.</param>
    public static JobSpec Resolve(JobSpec requested, Model model)
    {
        JobSpec spec = requested.Clone();
        OptimizationHints hints = model.Hints ?? new OptimizationHints();
        bool latent = model.DataSpace == DataSpace.Latent;
        spec.Model = model.Name;
        spec.Iterations = Choose(spec.HasIterations, spec.Iterations, hints.HasIterations, hints.Iterations, 10_000u);
        spec.CheckpointEvery = spec.HasCheckpointEvery ? spec.CheckpointEvery : 100;
        spec.PreviewEvery = spec.HasPreviewEvery ? spec.PreviewEvery : 25;
        if (model.Conditioning == ConditioningKind.ClassLabel && !spec.HasClassLabel && uint.TryParse(spec.Prompt, out uint label))
        {
            spec.ClassLabel = label;
        }

        ResolveField(spec.Field ??= new FieldSpec(), hints, model, latent);
        ResolveCamera(spec.Camera ??= new CameraSpec(), hints);
        ResolveScore(spec.Score ??= new ScoreSpec(), hints, model, latent);
        ResolveLoss(spec.Loss ??= new LossSpec(), hints);
        ResolveOptimizer(spec.Optimizer ??= new OptimizerSpec(), hints);
        return spec;
    }

    private static void ResolveField(FieldSpec field, OptimizationHints hints, Model model, bool latent)
    {
        field.GridSize = Choose(field.HasGridSize, field.GridSize, hints.HasGridSize, hints.GridSize, 100u);
        field.BoxHalfExtent = Choose(field.HasBoxHalfExtent, field.BoxHalfExtent, hints.HasBoxHalfExtent, hints.BoxHalfExtent, 1);
        field.DensityShift = Choose(field.HasDensityShift, field.DensityShift, hints.HasDensityShift, hints.DensityShift, -1);
        field.StepRatio = Choose(field.HasStepRatio, field.StepRatio, hints.HasStepRatio, hints.StepRatio, latent ? 0.5 : 1);
        field.BackgroundSize = field.HasBackgroundSize ? field.BackgroundSize : 4;
        field.WeightThreshold = field.HasWeightThreshold ? field.WeightThreshold : latent ? 1e-4 : 0;
        field.RandomRayOffset = field.HasRandomRayOffset ? field.RandomRayOffset : !latent;
        field.LearnDensityScale = !field.HasLearnDensityScale || field.LearnDensityScale;
        field.PruneThreshold = field.HasPruneThreshold ? field.PruneThreshold : RadianceField.Fields.AlphaMask.DefaultThreshold;
        uint height = model.DataShape.Count == 3 ? model.DataShape[1] : 64;
        field.RenderSize = Choose(field.HasRenderSize, field.RenderSize, hints.HasRenderSize, hints.RenderSize, latent ? height : Math.Min(height, 64u));
        if (field.ColorMode == ColorMode.Unspecified)
        {
            bool sigmoid = hints.HasSigmoidColors ? hints.SigmoidColors : !latent;
            field.ColorMode = sigmoid ? ColorMode.SigmoidCentered : ColorMode.Raw;
        }

        if (field.BackgroundColor.Count == 0)
        {
            field.BackgroundColor.Add(hints.BackgroundColor);
        }
    }

    private static void ResolveCamera(CameraSpec camera, OptimizationHints hints)
    {
        camera.Radius = Choose(camera.HasRadius, camera.Radius, hints.HasCameraRadius, hints.CameraRadius, 1.5);
        camera.FovMinDegrees = Choose(camera.HasFovMinDegrees, camera.FovMinDegrees, hints.HasFovMinDegrees, hints.FovMinDegrees, 40);
        camera.FovMaxDegrees = Choose(camera.HasFovMaxDegrees, camera.FovMaxDegrees, hints.HasFovMaxDegrees, hints.FovMaxDegrees, 70);
        camera.PolarRangeDegrees = camera.HasPolarRangeDegrees ? camera.PolarRangeDegrees : 100;
        camera.ViewDependentPrompts = !camera.HasViewDependentPrompts || camera.ViewDependentPrompts;
    }

    private static void ResolveScore(ScoreSpec score, OptimizationHints hints, Model model, bool latent)
    {
        score.GuidanceScale = Choose(score.HasGuidanceScale, score.GuidanceScale, hints.HasGuidanceScale, hints.GuidanceScale, latent ? 100 : 1);
        score.Draws = score.HasDraws ? score.Draws : 1;
        score.VarianceReduction = !score.HasVarianceReduction || score.VarianceReduction;
        score.ClampDenoised = Choose(score.HasClampDenoised, score.ClampDenoised, hints.HasClampDenoised, hints.ClampDenoised, false);
        score.Deterministic = !score.HasDeterministic || score.Deterministic;
        score.ViewsPerIteration = Choose(
            score.HasViewsPerIteration, score.ViewsPerIteration, hints.HasViewsPerIteration, Math.Min(hints.ViewsPerIteration, SpecOptions.MostViews(model)), 1u);
        score.ThroughEncoder = score.HasThroughEncoder && score.ThroughEncoder;
        if (score.SigmaDistribution == SigmaDistribution.Unspecified)
        {
            bool asksForRange = score.HasSigmaMin || score.HasSigmaMaxStart || score.HasSigmaMaxEnd || hints.HasSigmaMaxStart || hints.HasSigmaMin;
            score.SigmaDistribution = asksForRange || model.SigmaLadder.Count < SpecOptions.FewestRungs ? SigmaDistribution.LogUniform : SigmaDistribution.Ladder;
        }

        score.SigmaMin = Choose(score.HasSigmaMin, score.SigmaMin, hints.HasSigmaMin, hints.SigmaMin, model.SigmaMin);
        score.SigmaMaxStart = Choose(score.HasSigmaMaxStart, score.SigmaMaxStart, hints.HasSigmaMaxStart, hints.SigmaMaxStart, model.SigmaMax);
        score.SigmaMaxEnd = Choose(score.HasSigmaMaxEnd, score.SigmaMaxEnd, hints.HasSigmaMaxEnd, hints.SigmaMaxEnd, score.SigmaMaxStart);
    }

    private static void ResolveLoss(LossSpec loss, OptimizationHints hints)
    {
        loss.EmptinessWeight = Choose(loss.HasEmptinessWeight, loss.EmptinessWeight, hints.HasEmptinessWeight, hints.EmptinessWeight, 1e4);
        loss.EmptinessScale = Choose(loss.HasEmptinessScale, loss.EmptinessScale, hints.HasEmptinessScale, hints.EmptinessScale, 10);
        loss.EmptinessStep = loss.HasEmptinessStep ? loss.EmptinessStep : 0.5;

        // The reference's factor belongs to the reference's weight: a weight that the model hints stands for itself.
        loss.EmptinessMultiplier = loss.HasEmptinessMultiplier ? loss.EmptinessMultiplier : hints.HasEmptinessWeight ? 1 : 20;
        loss.DepthWeight = loss.HasDepthWeight ? loss.DepthWeight : 0;
    }

    private static void ResolveOptimizer(OptimizerSpec optimizer, OptimizationHints hints)
    {
        optimizer.LearningRate = Choose(optimizer.HasLearningRate, optimizer.LearningRate, hints.HasLearningRate, hints.LearningRate, 0.05);
        optimizer.AnnealBySigma = optimizer.HasAnnealBySigma && optimizer.AnnealBySigma;
        optimizer.BackgroundLearningRate = optimizer.HasBackgroundLearningRate ? optimizer.BackgroundLearningRate : optimizer.AnnealBySigma ? 0.01 : 1e-4;
    }

    private static T Choose<T>(bool asked, T request, bool hinted, T hint, T reference) => asked ? request : hinted ? hint : reference;
}
