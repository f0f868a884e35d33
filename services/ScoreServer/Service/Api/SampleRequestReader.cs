using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Diffusion;
using Sjc.Diffusion.Sampling;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Api;

/// <summary>From a request for samples to the sampler's options.</summary>
internal sealed class SampleRequestReader(ConditionReader conditions)
{
    private const uint MaxSteps = 10_000;
    private const uint MaxCount = 64;
    private const uint DefaultSteps = 32;
    private const double DefaultTolerance = 1e-5;
    private const double DefaultSignalToNoise = 0.16;

    /// <summary>What to sample.</summary>
    /// <exception cref="InvalidRequestException">The request breaks the contract.</exception>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND: a handle is unknown.</exception>
    public SamplePlan Read(SampleRequest request, LoadedModel model)
    {
        RequestFaults faults = new();
        FieldViolations violations = faults.Violations;
        DenoiserDescription description = model.Description;
        (Condition condition, Condition negative) = conditions.Read(model, request.Conditioning ?? new Conditioning(), "conditioning", faults);
        double guidance = request.HasGuidanceScale ? request.GuidanceScale : 1;
        ScoreRequestReader.RequireGuidance(guidance, "guidance_scale", violations);
        string sampler = request.Sampler.Length > 0 ? request.Sampler : description.Samplers[0];
        violations.Require(description.Samplers.Contains(sampler), "sampler", $"be one of {string.Join(", ", description.Samplers)}", sampler);
        uint steps = request.HasSteps ? request.Steps : DefaultSteps;
        violations.Require(steps is >= 1 and <= MaxSteps, "steps", $"be in [1, {MaxSteps}]", steps);
        uint count = request.HasCount ? request.Count : 1;
        violations.Require(count is >= 1 and <= MaxCount, "count", $"be in [1, {MaxCount}]", count);
        double sigmaMax = request.HasSigmaMax ? request.SigmaMax : description.SigmaMax;
        double sigmaMin = request.HasSigmaMin ? request.SigmaMin : description.SigmaMin;
        if (ScoreRequestReader.RequireSigma(sigmaMax, "sigma_max", description, violations)
            && ScoreRequestReader.RequireSigma(sigmaMin, "sigma_min", description, violations))
        {
            violations.Require(sigmaMin <= sigmaMax, "sigma_min", $"be at most sigma_max ({sigmaMax:R})", sigmaMin);
        }

        double? eta = request.HasEta ? request.Eta : null;
        violations.Require(eta is null or (>= 0 and <= 1), "eta", "be in [0, 1]", eta);
        double tolerance = request.HasTolerance ? request.Tolerance : DefaultTolerance;
        violations.Require(tolerance is >= 1e-10 and <= 0.1, "tolerance", "be in [1e-10, 0.1]", tolerance);
        double signalToNoise = request.HasSignalToNoise ? request.SignalToNoise : DefaultSignalToNoise;
        violations.Require(signalToNoise is > 0 and <= 10, "signal_to_noise", "be in (0, 10]", signalToNoise);
        faults.ThrowIfAny();
        ImageSamplerOptions options = new()
        {
            Sampler = sampler,
            Steps = (int)steps,
            Count = (int)count,
            Seed = request.Seed,
            SigmaMax = sigmaMax,
            SigmaMin = sigmaMin,
            Ladder = model.Ladder,
            Eta = eta,
            Tolerance = tolerance,
            SignalToNoise = signalToNoise,
        };
        return new SamplePlan(model, condition, negative, guidance, options, (int)Math.Min(request.PreviewEvery, int.MaxValue));
    }
}
