using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Cuda;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>The kernels against the golden renders, built by g++.</summary>
[Trait("Category", "Golden")]
public class CudaRenderGoldenTests : RenderGoldenTests
{
    private protected virtual bool IsDeterministic => false;

    private protected override RenderOutcome Run(RenderCase render, RenderGradient gradient)
    {
        using CudaTrainingRenderer renderer = new(new ShimDevice(), render.Field, new AdamaxState(render.Field), 1, IsDeterministic);
        DeviceTape tape = renderer.Forward(0, render.Rays, render.Options);
        double emptiness = renderer.Backward(0, gradient);
        FieldGradient sum = new(render.Field);
        renderer.Accumulate(sum);
        float[] weights = new float[tape.SampleCount * tape.RayCount];
        tape.ExportWeights(weights);
        return new()
        {
            SampleCount = tape.SampleCount,
            StepLength = tape.Arguments.StepLength,
            Image = [.. tape.Image],
            Depth = [.. tape.Depth],
            Transmittance = [.. tape.Transmittance],
            Weights = weights,
            Emptiness = emptiness,
            Gradient = sum,
        };
    }
}
