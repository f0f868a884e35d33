using Sjc.Numerics.Resize;
using Sjc.RadianceField.Losses;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Optimization;

/// <summary>One view of an iteration: its picture at the scorer's size, and the way back.</summary>
internal sealed class TrainingPass
{
    private readonly SjcOptions options;
    private readonly BilinearResize? resize;
    private readonly float[] imageGrad;
    private readonly float[] depthGrad;
    private readonly int view;

    internal TrainingPass(SjcOptions options, int view)
    {
        (this.options, this.view) = (options, view);
        (int, int) render = (options.RenderSize, options.RenderSize);
        (int, int) scorer = (options.ScorerHeight, options.ScorerWidth);
        resize = render == scorer ? null : new BilinearResize(render, scorer);
        imageGrad = new float[options.Channels * options.RenderSize * options.RenderSize];
        depthGrad = new float[options.DepthWeight > 0 ? options.RenderSize * options.RenderSize : 0];
    }

    /// <summary>The images as they left the renderer; null before the first.</summary>
    internal IViewTape? Tape { get; private set; }

    /// <summary>What was rendered last; null once its gradient has been taken.</summary>
    internal ViewPlan? Plan { get; set; }

    /// <summary>Renders a view and resizes it.</summary>
    /// <param name="renderer">The renderer.</param>
    /// <param name="plan">The view.</param>
    /// <param name="image">Receives [c, h, w] at the scorer's size.</param>
    internal void Forward(ITrainingRenderer renderer, ViewPlan plan, Span<float> image)
    {
        RenderOptions how = new((float)options.StepRatio, (float)options.WeightThreshold, (float)plan.RayOffset);
        Tape = renderer.Forward(view, plan.Camera, how);
        if (resize is null)
        {
            Tape.Image.CopyTo(image);
        }
        else
        {
            resize.Forward(Tape.Image, image);
        }

        Plan = plan;
    }

    /// <summary>Takes an ascended gradient image back along the rays, with this view's share of the losses.</summary>
    /// <param name="renderer">The renderer.</param>
    /// <param name="gradient">[c, h, w] at the scorer's size; ascended.</param>
    /// <param name="share">The view's weight, 1/views.</param>
    /// <param name="emptinessWeight">W at this iteration.</param>
    internal (double Emptiness, double Depth, double DepthDifference) Backward(
        ITrainingRenderer renderer, ReadOnlySpan<float> gradient, double share, double emptinessWeight)
    {
        DescendOn(gradient, (float)share);
        double depthLoss = 0;
        double difference = double.NaN;
        if (options.RenderSize > 2 * CenterDepthLoss.Border)
        {
            int size = options.RenderSize;
            (double loss, difference) = CenterDepthLoss.Forward(Tape!.Depth, size, size, options.DepthWeight * share);
            if (options.DepthWeight > 0)
            {
                depthLoss = loss;
                Array.Clear(depthGrad);
                CenterDepthLoss.Adjoint(difference, size, size, options.DepthWeight * share, depthGrad);
            }
        }

        double emptiness = renderer.Backward(view, new RenderGradient
        {
            Image = imageGrad,
            Depth = depthGrad,
            EmptinessWeight = (float)(emptinessWeight * share),
            EmptinessScale = (float)options.EmptinessScale,
        });
        Plan = null;
        return (emptiness, depthLoss, difference);
    }

    /// <summary>∂L/∂image = −share·gradient, at the render's size.</summary>
    private void DescendOn(ReadOnlySpan<float> gradient, float share)
    {
        if (resize is null)
        {
            gradient.CopyTo(imageGrad);
        }
        else
        {
            Array.Clear(imageGrad);
            resize.Adjoint(gradient, imageGrad);
        }

        foreach (ref float value in imageGrad.AsSpan())
        {
            value *= -share;
        }
    }
}
