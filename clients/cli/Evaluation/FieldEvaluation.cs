using Sjc.Diffusion.Shapes;

namespace Sjc.Cli.Evaluation;

/// <summary>Compares a field with the truth from the held-out views.</summary>
internal static class FieldEvaluation
{
    private const int ViewsOnSheet = 6;

    /// <summary>Renders the truth from all held-out views and compares.</summary>
    /// <param name="shape">The truth.</param>
    /// <param name="renders">The field from each held-out view: image, [3, h, w], and opacity, [h, w].</param>
    /// <param name="seconds">That its optimisation took.</param>
    public static ObjectResult Compare(ShapeObject shape, IReadOnlyList<(float[] Image, float[] Opacity)> renders, double seconds)
    {
        const int Size = HeldOutView.Size;
        double iou = 0;
        double psnr = 0;
        List<float[]> truths = [];
        List<float[]> pictures = [];
        float[] coverage = new float[Size * Size];
        foreach ((ShapeView view, (float[] image, float[] opacity)) in HeldOutView.All.Zip(renders))
        {
            float[] truth = new float[3 * Size * Size];
            ShapeRenderer.Render(shape, view.Camera, Size, truth, coverage);
            iou += ViewComparison.SilhouetteIou(opacity, coverage) / HeldOutView.Count;
            psnr += ViewComparison.ForegroundPsnr(image, truth, coverage) / HeldOutView.Count;
            if (truths.Count < ViewsOnSheet)
            {
                truths.Add(truth);
                pictures.Add(image);
            }
        }

        return new ObjectResult(shape, iou, psnr, seconds, truths, pictures);
    }
}
