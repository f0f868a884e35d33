using Sjc.Diffusion;
using Sjc.Diffusion.Sampling;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Api;

/// <summary>A checked request for samples.</summary>
/// <param name="Model">The model.</param>
/// <param name="Condition">What images are drawn towards.</param>
/// <param name="Negative">What guidance leads away from.</param>
/// <param name="GuidanceScale">s; 1: the condition alone.</param>
/// <param name="Options">Of the sampler.</param>
/// <param name="PreviewEvery">Steps between previews; 0: none.</param>
internal sealed record SamplePlan(
    LoadedModel Model, Condition Condition, Condition Negative, double GuidanceScale, ImageSamplerOptions Options, int PreviewEvery);
