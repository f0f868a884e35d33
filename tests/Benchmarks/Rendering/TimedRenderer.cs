using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;

namespace Sjc.Benchmarks.Rendering;

/// <summary>A training renderer that tells how long its work took.</summary>
internal sealed class TimedRenderer(ITrainingRenderer renderer, IDisposable owned) : ITrainingRenderer
{
    /// <summary>Processor time of all passes and steps, milliseconds.</summary>
    public double Milliseconds { get; private set; }

    public IViewTape Forward(int view, Camera camera, RenderOptions options)
    {
        double start = RenderBenchmark.ProcessorMilliseconds();
        IViewTape tape = renderer.Forward(view, camera, options);
        Milliseconds += RenderBenchmark.ProcessorMilliseconds() - start;
        return tape;
    }

    public double Backward(int view, RenderGradient gradient)
    {
        double start = RenderBenchmark.ProcessorMilliseconds();
        double emptiness = renderer.Backward(view, gradient);
        Milliseconds += RenderBenchmark.ProcessorMilliseconds() - start;
        return emptiness;
    }

    public void Step(AdamaxRates rates)
    {
        double start = RenderBenchmark.ProcessorMilliseconds();
        renderer.Step(rates);
        Milliseconds += RenderBenchmark.ProcessorMilliseconds() - start;
    }

    public void Prune(float threshold) => renderer.Prune(threshold);

    public (VoxelField Field, AdamaxState State) Grow(GridSize grid) => renderer.Grow(grid);

    public void ReadBack() => renderer.ReadBack();

    public void Dispose()
    {
        renderer.Dispose();
        owned.Dispose();
    }
}
