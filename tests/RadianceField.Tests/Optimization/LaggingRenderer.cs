using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Optimization;

/// <summary>Works on copies of field and memory, as a GPU does, which come back when they are asked for.</summary>
internal sealed class LaggingRenderer : ITrainingRenderer
{
    private readonly CpuTrainingRenderer renderer;
    private (VoxelField Field, AdamaxState State) held;
    private (VoxelField Field, AdamaxState State) copy;

    public LaggingRenderer(VoxelRenderer voxels, VoxelField field, AdamaxState state, int views)
    {
        held = (field, state);
        VoxelField own = FieldResampling.Resample(field, field.Grid);
        copy = (own, state.Resample(own));
        renderer = new CpuTrainingRenderer(voxels, copy.Field, copy.State, views);
    }

    public bool IsDisposed { get; private set; }

    /// <summary>How often field and memory came back.</summary>
    public int ReadBacks { get; private set; }

    public IViewTape Forward(int view, Camera camera, RenderOptions options) => renderer.Forward(view, camera, options);

    public double Backward(int view, RenderGradient gradient) => renderer.Backward(view, gradient);

    public void Step(AdamaxRates rates) => renderer.Step(rates);

    public void Prune(float threshold)
    {
        renderer.Prune(threshold);
        held.Field.Mask = copy.Field.Mask;
    }

    public (VoxelField Field, AdamaxState State) Grow(GridSize grid)
    {
        copy = renderer.Grow(grid);
        VoxelField grown = FieldResampling.Empty(held.Field, grid);
        grown.Mask = copy.Field.Mask;
        held = (grown, new AdamaxState(grown));
        return held;
    }

    public void ReadBack()
    {
        ReadBacks++;
        FieldResampling.Resample(copy.Field.Voxels, held.Field.Voxels);
        copy.Field.Background.Values.CopyTo(held.Field.Background.Values);
        held.Field.DensityScale = copy.Field.DensityScale;
        FieldResampling.Resample(copy.State.FirstMoment, held.State.FirstMoment);
        FieldResampling.Resample(copy.State.InfinityNorm, held.State.InfinityNorm);
        copy.State.BackgroundMoment.CopyTo(held.State.BackgroundMoment);
        copy.State.BackgroundNorm.CopyTo(held.State.BackgroundNorm);
        copy.State.DensityScaleMoment.CopyTo(held.State.DensityScaleMoment);
        copy.State.DensityScaleNorm.CopyTo(held.State.DensityScaleNorm);
        held.State.Steps = copy.State.Steps;
    }

    public void Dispose() => IsDisposed = true;
}
