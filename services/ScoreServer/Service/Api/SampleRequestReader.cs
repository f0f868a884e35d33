using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Diffusion;
using Sjc.Diffusion.Sampling;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Api;

/// <summary>From a request for samples to the sampler's options.</summary>
internal sealed class SampleRequestReader(ConditionReader conditions)
{
    private const uint MaxSteps = 1000;
    private const uint MaxCount = 64;
    private const uint DefaultSteps = 32;

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
        };
        return new SamplePlan(model, condition, negative, guidance, options, (int)Math.Min(request.PreviewEvery, int.MaxValue));
    }
}
