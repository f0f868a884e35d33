using Sjc.Diffusion.Training.Shapes;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Optimization;

namespace Sjc.Cli.Evaluation;

/// <summary>Compares a field with the truth from the held-out views.</summary>
internal static class FieldEvaluation
{
    private const int ViewsOnSheet = 6;

    /// <summary>Renders all held-out views of both.</summary>
    /// <param name="shape">The truth.</param>
    /// <param name="render">Renders the field.</param>
    /// <param name="seconds">That its optimisation took.</param>
    public static ObjectResult Compare(ShapeObject shape, Func<Camera, RenderedView> render, double seconds)
    {
        const int Size = HeldOutView.Size;
        double iou = 0;
        double psnr = 0;
        List<float[]> truths = [];
        List<float[]> pictures = [];
        float[] coverage = new float[Size * Size];
        foreach (ShapeView view in HeldOutView.All)
        {
            float[] truth = new float[3 * Size * Size];
            ShapeRenderer.Render(shape, view.Camera, Size, truth, coverage);
            RenderedView rendered = render(HeldOutView.Camera(view));
            iou += ViewComparison.SilhouetteIou(rendered.Opacity, coverage) / HeldOutView.Count;
            psnr += ViewComparison.ForegroundPsnr(rendered.Image, truth, coverage) / HeldOutView.Count;
            if (truths.Count < ViewsOnSheet)
            {
                truths.Add(truth);
                pictures.Add(rendered.Image);
            }
        }

        return new ObjectResult(shape, iou, psnr, seconds, truths, pictures);
    }
}
