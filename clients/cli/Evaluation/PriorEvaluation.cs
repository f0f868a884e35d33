using Sjc.Cli.Reports;
using Sjc.Diffusion;
using Sjc.Diffusion.Shapes;
using Sjc.Diffusion.Training;

namespace Sjc.Cli.Evaluation;

/// <summary>How good the 2D prior is by itself: its error on held-out pictures, and samples beside training pictures.</summary>
internal static class PriorEvaluation
{
    private const int HeldOutPictures = 192;
    private const int SampleSteps = 24;
    private const double SampleElevationDegrees = 20;
    private static readonly double[] SampleAzimuths = [0, 45, 180];

    /// <summary>Adds validation_mse for each noise level, and writes samples.png.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, between two noise levels or two rows of samples.</exception>
    public static void Run(IDenoiser denoiser, BenchReport report, string folder, int threads, CancellationToken cancellationToken)
    {
        int size = denoiser.Description.DataShape.Width;
        DenoisingValidation validation = new(HeldOutPictures, size, threads);
        foreach (double sigma in DenoisingValidation.Sigmas)
        {
            cancellationToken.ThrowIfCancellationRequested();
            report.Add($"prior, sigma {sigma}", "validation_mse", validation.MeanSquaredError(denoiser, sigma));
        }

        SampleSheet.Write([.. SampleAzimuths.SelectMany(azimuth => Rows(denoiser, size, azimuth, cancellationToken))], size, size, Path.Combine(folder, "samples.png"));
    }

    // A row of training pictures above a row of samples of the same captions.
    private static IReadOnlyList<float[]>[] Rows(IDenoiser denoiser, int size, double azimuth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ShapeObject[] objects = [.. OnePerKind()];
        ShapeView view = new(azimuth, SampleElevationDegrees, ShapeView.MinFieldOfViewDegrees);
        float[][] truths = [.. objects.Select(shape => Picture(shape, view, size))];
        return [truths, SampleSheet.Draw(denoiser, [.. objects.Select(shape => ShapeViewWords.Wording.Compose(view.Words, shape.Prompt))], SampleSteps, (ulong)azimuth)];
    }

    /// <summary>Every kind in one colour, the colours taking turns.</summary>
    public static IEnumerable<ShapeObject> OnePerKind() =>
        ShapeCatalogue.Kinds.Select((kind, i) => new ShapeObject(kind, ShapeCatalogue.Colours[i % ShapeCatalogue.Colours.Count]));

    private static float[] Picture(ShapeObject shape, ShapeView view, int size)
    {
        float[] picture = new float[3 * size * size];
        ShapeRenderer.Render(shape, view.Camera, size, picture, []);
        return picture;
    }
}
