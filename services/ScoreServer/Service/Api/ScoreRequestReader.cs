using Microsoft.Extensions.Options;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using Sjc.Diffusion;
using Sjc.Diffusion.Scoring;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Api;

/// <summary>From a request on the wire to a checked query.</summary>
internal sealed class ScoreRequestReader(ConditionReader conditions, Batcher batcher, IOptions<ApiOptions> options)
{
    public const double MinGuidanceScale = -100;
    public const double MaxGuidanceScale = 1000;

    /// <summary>The query that a request stands for, with its noise levels snapped.</summary>
    /// <exception cref="InvalidRequestException">The request breaks the contract.</exception>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND: a handle is unknown.</exception>
    public ScoreQuery Read(ScoreRequest request, LoadedModel model)
    {
        RequestFaults faults = new();
        FieldViolations violations = faults.Violations;
        DataShape shape = model.Description.DataShape;
        float[] images = ReadImages(request.Images, shape, violations);
        int count = images.Length / shape.ElementCount;
        double[] sigmas = ReadSigmas(request, model, count, violations);
        (Condition Condition, Condition Negative)[] pairs = ReadConditions(request, model, count, faults);
        double guidance = request.HasGuidanceScale ? request.GuidanceScale : 1;
        RequireGuidance(guidance, "guidance_scale", violations);
        ScoreEstimator estimator = ReadEstimator(request, violations);
        RequireOutputs(request, violations);
        long rows = (long)count * DrawsOf(estimator) * (guidance == 1 ? 1 : 2);
        violations.Require(rows <= batcher.MaxRowsPerRequest, "images", $"take at most {batcher.MaxRowsPerRequest} rows of the network with their draws and guidance", rows);
        faults.ThrowIfAny();

        return new ScoreQuery(shape, images, sigmas, [.. pairs.Select(pair => pair.Condition)])
        {
            NegativeConditions = [.. pairs.Select(pair => pair.Negative)],
            GuidanceScale = guidance,
            Estimator = estimator,
            ClampDenoised = request.ClampDenoised ? (model.Description.ValueMin, model.Description.ValueMax) : null,
        };
    }

    /// <summary>A guidance scale must be finite and in range.</summary>
    public static bool RequireGuidance(double scale, string field, FieldViolations violations) =>
        violations.Require(scale is >= MinGuidanceScale and <= MaxGuidanceScale, field, $"be in [{MinGuidanceScale}, {MaxGuidanceScale}]", scale);

    /// <summary>A noise level must be in the model's range.</summary>
    public static bool RequireSigma(double sigma, string field, DenoiserDescription description, FieldViolations violations) =>
        violations.Require(
            sigma >= description.SigmaMin && sigma <= description.SigmaMax, field, $"be in [{description.SigmaMin:R}, {description.SigmaMax:R}]", sigma);

    private float[] ReadImages(Tensor? images, DataShape shape, FieldViolations violations)
    {
        int most = options.Value.MaxImagesPerRequest;
        if (images is { Shape.Count: 4 } && images.Shape[0] > most)
        {
            violations.Add("images.shape", $"hold at most {most} images", images.Shape[0]);
            return [];
        }

        TensorCodec.TryDecode(images, "images", [TensorCodec.AnyExtent, shape.Channels, shape.Height, shape.Width], violations, out float[] values);
        return values;
    }

    private double[] ReadSigmas(ScoreRequest request, LoadedModel model, int count, FieldViolations violations)
    {
        int given = request.Sigmas.Count;
        if (!violations.Require(
            given > 0 && given <= options.Value.MaxImagesPerRequest && (count == 0 || given == 1 || given == count), "sigmas", "have one entry, or one an image", $"{given} long"))
        {
            return [];
        }

        for (int i = 0; i < given; i++)
        {
            RequireSigma(request.Sigmas[i], $"sigmas[{i}]", model.Description, violations);
        }

        return violations.Any ? [] : [.. Enumerable.Range(0, count).Select(i => model.Snap(request.Sigmas[given == 1 ? 0 : i]))];
    }

    private (Condition Condition, Condition Negative)[] ReadConditions(ScoreRequest request, LoadedModel model, int count, RequestFaults faults)
    {
        int given = request.Conditionings.Count;
        if (given == 0)
        {
            return [.. Enumerable.Repeat((model.Denoiser.Unconditional, model.Denoiser.Unconditional), count)];
        }

        if (!faults.Violations.Require(
            given <= options.Value.MaxImagesPerRequest && (count == 0 || given == 1 || given == count),
            "conditionings",
            "be empty, or have one entry, or one an image",
            $"{given} long"))
        {
            return [];
        }

        (Condition, Condition)[] pairs =
            [.. request.Conditionings.Select((conditioning, i) => conditions.Read(model, conditioning, $"conditionings[{i}]", faults))];
        return given == 1 ? [.. Enumerable.Repeat(pairs[0], count)] : pairs;
    }

    private static ScoreEstimator ReadEstimator(ScoreRequest request, FieldViolations violations)
    {
        if (request.EstimatorCase != ScoreRequest.EstimatorOneofCase.PerturbAndAverage)
        {
            violations.Require(request.EstimatorCase == ScoreRequest.EstimatorOneofCase.Direct, "estimator", "be direct or perturb_and_average", null);
            return new ScoreEstimator.Direct();
        }

        PerturbAndAverageEstimator perturb = request.PerturbAndAverage;
        uint draws = perturb.HasDraws ? perturb.Draws : 1;
        if (!violations.Require(
            draws is >= 1 and <= ScoreEstimator.PerturbAndAverage.MaxDraws, "perturb_and_average.draws", $"be in [1, {ScoreEstimator.PerturbAndAverage.MaxDraws}]", draws))
        {
            draws = 1;
        }

        return new ScoreEstimator.PerturbAndAverage(
            (int)draws, perturb.Seed, perturb.Iteration, !perturb.HasVarianceReduction || perturb.VarianceReduction);
    }

    private static int DrawsOf(ScoreEstimator estimator) => (estimator as ScoreEstimator.PerturbAndAverage)?.Draws ?? 1;

    private static void RequireOutputs(ScoreRequest request, FieldViolations violations)
    {
        violations.Require(
            request.Outputs is null or { Gradient: true } or { Score: true } or { Denoised: true }, "outputs", "name at least one tensor, or be unset", "without any");
        violations.Require(
            request.OutputDataType is DataType.Unspecified or DataType.F32 or DataType.F16,
            "output_data_type",
            "be DATA_TYPE_F32 or DATA_TYPE_F16, or unspecified",
            (int)request.OutputDataType);
    }
}
