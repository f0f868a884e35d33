using Sjc.Contracts.Score.V1;
using Sjc.Diffusion;
using Sjc.ScoreServer.Models;
using WireConditioningKind = Sjc.Contracts.Score.V1.ConditioningKind;
using WireDataSpace = Sjc.Contracts.Score.V1.DataSpace;
using WireHints = Sjc.Contracts.Score.V1.OptimizationHints;
using WireViewWording = Sjc.Contracts.Score.V1.ViewWording;

namespace Sjc.ScoreServer.Api;

/// <summary>From a model's description to its message.</summary>
internal static class ModelMapping
{
    /// <summary>A model of the catalogue; one that is not loaded has a name, a kind and a summary alone.</summary>
    public static Model ToModel(this ServedModel served, ApiOptions options) =>
        served.Loaded?.ToModel(options) ?? new Model { Name = served.Options.Name, Kind = served.Options.Kind, Description = served.Summary, Device = served.Options.Device };

    /// <summary>A loaded model.</summary>
    public static Model ToModel(this LoadedModel loaded, ApiOptions options)
    {
        DenoiserDescription description = loaded.Description;
        Model model = new()
        {
            Name = loaded.Name,
            Kind = description.Kind,
            Description = description.Summary,
            DataShape = { (uint)description.DataShape.Channels, (uint)description.DataShape.Height, (uint)description.DataShape.Width },
            DataSpace = description.DataSpace == Diffusion.DataSpace.Latent ? WireDataSpace.Latent : WireDataSpace.Pixel,
            ValueMin = description.ValueMin,
            ValueMax = description.ValueMax,
            SigmaMin = description.SigmaMin,
            SigmaMax = description.SigmaMax,
            Conditioning = ToWire(description.Conditioning),
            ClassCount = (uint)description.ClassCount,
            MaxPromptTokens = (uint)description.MaxPromptTokens,
            Hints = ToWire(description.Hints),
            Device = description.Device,
            ComputeType = description.ComputeTypeName,
            ParameterCount = (ulong)description.ParameterCount,
            Ready = true,
            MaxImagesPerRequest = (uint)options.MaxImagesPerRequest,
            MaxMessageBytes = (ulong)options.MaxMessageBytes,
        };
        model.SigmaLadder.AddRange(description.SigmaLadder ?? []);
        model.Vocabulary.AddRange(description.Vocabulary);
        model.Samplers.AddRange(description.Samplers);
        model.ExamplePrompts.AddRange(description.ExamplePrompts);
        if (loaded.Denoiser.LatentCodec?.PixelShape is { } pixels)
        {
            model.PixelShape.AddRange([(uint)pixels.Channels, (uint)pixels.Height, (uint)pixels.Width]);
        }

        if (description.ViewWording is { } wording)
        {
            model.ViewWording = ToWire(wording);
        }

        return model;
    }

    private static WireConditioningKind ToWire(Diffusion.ConditioningKind kind) => kind switch
    {
        Diffusion.ConditioningKind.Prompt => WireConditioningKind.Prompt,
        Diffusion.ConditioningKind.ClassLabel => WireConditioningKind.ClassLabel,
        _ => WireConditioningKind.None,
    };

    private static WireViewWording ToWire(Diffusion.ViewWording wording)
    {
        WireViewWording message = new() { Template = wording.Template };
        foreach (ElevationBand band in wording.Bands)
        {
            message.Bands.Add(new WireViewWording.Types.ElevationBand { MaxElevationDegrees = band.MaxElevationDegrees, SectorWords = { band.SectorWords } });
        }

        return message;
    }

    private static WireHints ToWire(Diffusion.OptimizationHints hints)
    {
        WireHints message = new();
        message.BackgroundColor.AddRange(hints.BackgroundColor);
        Set(hints.GuidanceScale, value => message.GuidanceScale = value);
        Set(hints.SigmaMin, value => message.SigmaMin = value);
        Set(hints.SigmaMaxStart, value => message.SigmaMaxStart = value);
        Set(hints.SigmaMaxEnd, value => message.SigmaMaxEnd = value);
        Set(hints.ClampDenoised, value => message.ClampDenoised = value);
        Set(hints.Iterations, value => message.Iterations = (uint)value);
        Set(hints.GridSize, value => message.GridSize = (uint)value);
        Set(hints.BoxHalfExtent, value => message.BoxHalfExtent = value);
        Set(hints.LearningRate, value => message.LearningRate = value);
        Set(hints.DensityShift, value => message.DensityShift = value);
        Set(hints.EmptinessWeight, value => message.EmptinessWeight = value);
        Set(hints.EmptinessScale, value => message.EmptinessScale = value);
        Set(hints.CameraRadius, value => message.CameraRadius = value);
        Set(hints.FovMinDegrees, value => message.FovMinDegrees = value);
        Set(hints.FovMaxDegrees, value => message.FovMaxDegrees = value);
        Set(hints.MaxElevationDegrees, value => message.MaxElevationDegrees = value);
        Set(hints.SigmoidColors, value => message.SigmoidColors = value);
        Set(hints.RenderSize, value => message.RenderSize = (uint)value);
        Set(hints.StepRatio, value => message.StepRatio = value);
        Set(hints.ViewsPerIteration, value => message.ViewsPerIteration = (uint)value);
        return message;
    }

    private static void Set<T>(T? value, Action<T> assign)
        where T : struct
    {
        if (value is { } set)
        {
            assign(set);
        }
    }
}
