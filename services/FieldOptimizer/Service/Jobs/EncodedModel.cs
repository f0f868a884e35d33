using Sjc.Contracts.Score.V1;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>A latent model as an optimizer of pictures sees it, whose scores go through the encoder: a model of pixels of the autoencoder's size.</summary>
internal static class EncodedModel
{
    /// <summary>The guidance that the reference uses with latent models.</summary>
    private const double ReferenceGuidance = 100;

    /// <summary>The model of pictures; hints that speak of latents are left out.</summary>
    /// <param name="model">With a <see cref="Model.PixelShape"/>.</param>
    public static Model Of(Model model)
    {
        Model pixels = model.Clone();
        pixels.DataShape.Clear();
        pixels.DataShape.AddRange(model.PixelShape);
        pixels.DataSpace = DataSpace.Pixel;
        (pixels.ValueMin, pixels.ValueMax) = (-1, 1);
        pixels.Hints ??= new OptimizationHints();
        pixels.Hints.BackgroundColor.Clear();
        pixels.Hints.ClearRenderSize();
        pixels.Hints.ClearSigmoidColors();
        if (!pixels.Hints.HasGuidanceScale && model.Conditioning == ConditioningKind.Prompt)
        {
            pixels.Hints.GuidanceScale = ReferenceGuidance;
        }

        return pixels;
    }
}
