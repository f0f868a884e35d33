using Sjc.Diffusion.Shapes;

namespace Sjc.Cli.Evaluation;

/// <summary>How well one object came out.</summary>
/// <param name="shape">What was asked for.</param>
/// <param name="silhouetteIou">Mean over the held-out views.</param>
/// <param name="foregroundPsnr">Mean over the held-out views, dB.</param>
/// <param name="seconds">Of optimisation.</param>
/// <param name="truths">Pictures of the truth for the contact sheet, [3, h, w] in [−1, 1].</param>
/// <param name="pictures">The field's pictures of the same views.</param>
internal sealed class ObjectResult(
    ShapeObject shape, double silhouetteIou, double foregroundPsnr, double seconds, IReadOnlyList<float[]> truths, IReadOnlyList<float[]> pictures)
{
    public ShapeObject Shape { get; } = shape;

    public double SilhouetteIou { get; } = silhouetteIou;

    public double ForegroundPsnr { get; } = foregroundPsnr;

    public double Seconds { get; } = seconds;

    public IReadOnlyList<float[]> Truths { get; } = truths;

    public IReadOnlyList<float[]> Pictures { get; } = pictures;
}
