using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;

namespace Sjc.Benchmarks.Rendering;

/// <summary>The product's renderer on a benchmark's scene.</summary>
/// <param name="scene">The scene.</param>
/// <param name="threads">Of the renderer.</param>
/// <param name="clock">Milliseconds: of the processor or of the wall.</param>
internal sealed class ProductContestant(RenderBenchmarkScene scene, int threads, Func<double> clock) : IDisposable
{
    private readonly VoxelField field = scene.MakeField();
    private readonly VoxelRenderer renderer = new(threads);
    private readonly RenderTape tape = new();
    private AdamaxState? state;

    /// <summary>By which samples are skipped; null: none are.</summary>
    public AlphaMask? Mask
    {
        init => this.field.Mask = value;
    }

    public ReadOnlySpan<float> Image => tape.Image;

    public FieldGradient Differentiate()
    {
        Forward();
        Backward();
        FieldGradient gradient = new(field);
        renderer.Accumulate(field, [tape], gradient);
        return gradient;
    }

    public StageTimes Iterate(float learningRate)
    {
        state ??= new AdamaxState(field);
        double start = clock();
        Forward();
        double rendered = clock();
        Backward();
        double differentiated = clock();
        renderer.Step(field, [tape], state, new AdamaxRates(learningRate, learningRate, learningRate));
        return new StageTimes(rendered - start, differentiated - rendered, clock() - differentiated);
    }

    /// <summary>Bytes of the collected heap that one more iteration allocates, over all threads: the counter that a memory diagnoser reads.</summary>
    public long CountAllocatedBytes()
    {
        Iterate(0);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Iterate(0);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    /// <summary>What one iteration has to do at least.</summary>
    public RenderWork CountWork()
    {
        FieldGradient gradient = Differentiate();
        float[] features = new float[scene.Features.Length];
        gradient.Voxels.ExportFeatures(features);
        float[] weights = new float[tape.SampleCount * tape.RayCount];
        tape.ExportWeights(weights);
        return new RenderWork(
            weights.LongCount(weight => weight > 0),
            weights.LongCount(weight => weight > RenderBenchmarkScene.WeightThreshold),
            scene.Density.Length,
            features.LongCount(value => value != 0));
    }

    public void Dispose() => renderer.Dispose();

    private void Forward()
    {
        RayBatch rays = new(scene.Origins, scene.Directions, scene.Near, scene.Far, scene.ImageSide);
        renderer.Forward(field, rays, new RenderOptions(RenderBenchmarkScene.StepRatio, RenderBenchmarkScene.WeightThreshold), tape);
    }

    private void Backward() => renderer.Backward(field, tape, new RenderGradient
    {
        Image = scene.ImageGradient,
        EmptinessWeight = RenderBenchmarkScene.EmptinessWeight,
        EmptinessScale = RenderBenchmarkScene.EmptinessScale,
    });
}
