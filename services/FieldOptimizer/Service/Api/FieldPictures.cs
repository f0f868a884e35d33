using Sjc.Contracts.Score.V1;
using Sjc.FieldOptimizer.Export;
using Sjc.FieldOptimizer.Scoring;
using Sjc.Numerics.Resize;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Rendering;

namespace Sjc.FieldOptimizer.Api;

/// <summary>Pictures of a field in colours that people see: those of a pixel model as they are; of a latent model decoded by the scorer, or else approximated.</summary>
internal sealed class FieldPictures(LatentDecoder decoder, RenderSlots slots)
{
    /// <summary>Longer side of decoded latents, in the model's own: far beyond its size an autoencoder takes long and makes things up.</summary>
    private const int MaxStretch = 2;

    private const int FittedViews = 6;
    private const double FittedFovDegrees = 50;
    private const double FittedElevationDegrees = 20;

    /// <summary>A rendered view as a PNG file.</summary>
    /// <param name="field">What was rendered.</param>
    /// <param name="model">Whose images it is made of.</param>
    /// <param name="view">The view.</param>
    /// <param name="camera">The view's camera at another height and width.</param>
    /// <param name="supersampling">Of the view.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The file, and why it is an approximation; an empty note where it is none.</returns>
    public async Task<(byte[] Png, string Note)> EncodeAsync(
        SjcOptimization field, Model model, RenderedView view, Func<int, int, Camera> camera, int supersampling, CancellationToken cancellationToken)
    {
        if (model.DataSpace != DataSpace.Latent)
        {
            return (Pictures.Encode(view.Image, view.Channels, view.Height, view.Width, model.ValueMin, model.ValueMax), "");
        }

        (int height, int width) = LatentSize(model, view.Height, view.Width);
        RenderedView latents = await slots.RunAsync(() => field.RenderView(camera(height, width), supersampling), cancellationToken);
        DecodedPicture decoded = await decoder.DecodeAsync(model, latents.Image, height, width, cancellationToken);
        if (decoded.Pixels is null)
        {
            float[] colors = LatentColors.Default(view.Channels).OfImage(view.Image);
            return (Pictures.Encode(colors, 3, view.Height, view.Width, -1, 1), $"The colours are a linear approximation of the latents. {decoded.Reason}");
        }

        float[] resized = new float[3 * view.Height * view.Width];
        new BilinearResize((decoded.Height, decoded.Width), (view.Height, view.Width), antialias: true).Forward(decoded.Pixels, resized);
        return (Pictures.Encode(resized, 3, view.Height, view.Width, -1, 1), "");
    }

    /// <summary>What colours single points of a latent field: fitted to decoded pictures from around it, or the default where it cannot be decoded.</summary>
    /// <param name="field">The field.</param>
    /// <param name="model">A latent model.</param>
    /// <param name="radius">Of the cameras.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<LatentColors> ColorsAsync(SjcOptimization field, Model model, double radius, CancellationToken cancellationToken)
    {
        int channels = (int)model.DataShape[0];
        (int Height, int Width) size = ((int)model.DataShape[1], (int)model.DataShape[2]);
        List<(float[], (int, int), float[], (int, int))> pairs = [];
        for (int view = 0; view < FittedViews; view++)
        {
            Camera camera = Camera.Orbit(size.Height, size.Width, FittedFovDegrees, radius, 360.0 * view / FittedViews, FittedElevationDegrees);
            RenderedView latents = await slots.RunAsync(() => field.RenderView(camera), cancellationToken);
            DecodedPicture decoded = await decoder.DecodeAsync(model, latents.Image, size.Height, size.Width, cancellationToken);
            if (decoded.Pixels is null)
            {
                return LatentColors.Default(channels);
            }

            pairs.Add((latents.Image, size, decoded.Pixels, (decoded.Height, decoded.Width)));
        }

        return LatentColors.Fit(channels, pairs);
    }

    /// <summary>Of the model's own size, stretched along one side to the picture's aspect.</summary>
    private static (int Height, int Width) LatentSize(Model model, int pictureHeight, int pictureWidth)
    {
        int side = (int)Math.Min(model.DataShape[1], model.DataShape[2]);
        double aspect = Math.Clamp((double)pictureWidth / pictureHeight, 1.0 / MaxStretch, MaxStretch);
        return aspect >= 1 ? (side, (int)Math.Round(side * aspect)) : ((int)Math.Round(side / aspect), side);
    }
}
