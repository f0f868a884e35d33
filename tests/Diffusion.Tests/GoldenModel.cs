using System.Text.Json;
using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Sampling;
using Sjc.Diffusion.Schedules;
using Sjc.Golden;
using TorchSharp;

namespace Sjc.Diffusion.Tests;

/// <summary>The model of the golden files: the exact denoiser of their pictures Y, on one of the reference's ladders.</summary>
internal static class GoldenModel
{
    /// <summary>The ladder that a case names; null for "cont", a model that takes any level.</summary>
    public static SigmaLadder? Ladder(string name) => name switch
    {
        "sd" => SigmaLadder.StableDiffusion,
        "gd_linear" => SigmaLadder.GuidedDiffusionLinear,
        "gd_cosine" => SigmaLadder.GuidedDiffusionCosine,
        "ncsn" => SigmaLadder.Ncsn,
        "cont" => null,
        _ => throw new InvalidDataException($"The ladder must be sd, gd_linear, gd_cosine, ncsn or cont, but is {name}."),
    };

    /// <summary>The settings of one group of a case.</summary>
    public static JsonElement Settings(GoldenCase golden, string group) => JsonDocument.Parse(golden.Metadata[group + ".cfg"]).RootElement;

    /// <summary>The exact denoiser of the pictures Y of a group, in float64.</summary>
    public static ExactDenoiser Denoiser(GoldenCase golden, string group)
    {
        int[] shape = golden.Shape(group + ".Y");
        float[][] pictures = [.. golden.Floats(group + ".Y").Chunk(shape[1] * shape[2] * shape[3])];
        CaptionedPictures source = new(new DataShape(shape[1], shape[2], shape[3]), pictures, [.. pictures.Select((_, i) => $"picture {i}")]);
        return new ExactDenoiser(source, new ExactDenoiserOptions { ComputeType = torch.ScalarType.Float64 });
    }

    /// <summary>D for a sampler, which keeps the levels at which it was asked.</summary>
    public static DenoiseFunction Record(ExactDenoiser denoiser, List<double> sigmas)
    {
        DenoiseFunction inner = GuidedDenoiser.Bind(denoiser, denoiser.Unconditional);
        return (noisy, sigma, denoised) =>
        {
            sigmas.Add(sigma);
            inner(noisy, sigma, denoised);
        };
    }
}
