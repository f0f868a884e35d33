using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;

namespace Sjc.RadianceField.Rendering;

/// <summary>Training on the processor: <see cref="VoxelRenderer"/> with one tape per view.</summary>
/// <remarks>The field and the optimiser's memory are always up to date; the same bits for any number of threads.</remarks>
internal sealed class CpuTrainingRenderer : ITrainingRenderer
{
    private readonly VoxelRenderer renderer;
    private readonly RayBuffer rays = new();
    private readonly RenderTape[] tapes;
    private VoxelField field;
    private AdamaxState state;

    /// <summary>A renderer of a field, which it changes.</summary>
    /// <param name="renderer">The caller's; it may do other work between calls.</param>
    /// <param name="field">The field.</param>
    /// <param name="state">The optimiser's memory of the field.</param>
    /// <param name="views">Views of one iteration.</param>
    public CpuTrainingRenderer(VoxelRenderer renderer, VoxelField field, AdamaxState state, int views)
    {
        (this.renderer, this.field, this.state) = (renderer, field, state);
        tapes = [.. Enumerable.Range(0, views).Select(_ => new RenderTape())];
    }

    /// <inheritdoc/>
    public IViewTape Forward(int view, Camera camera, RenderOptions options)
    {
        renderer.Forward(field, rays.Fill(camera, field.Box), options, tapes[view]);
        return tapes[view];
    }

    /// <inheritdoc/>
    public double Backward(int view, RenderGradient gradient) => renderer.Backward(field, tapes[view], gradient);

    /// <inheritdoc/>
    public void Step(AdamaxRates rates) => renderer.Step(field, tapes, state, rates);

    /// <inheritdoc/>
    public void Prune(float threshold) => field.Prune(AlphaMask.FromField(field, threshold));

    /// <inheritdoc/>
    public (VoxelField Field, AdamaxState State) Grow(GridSize grid)
    {
        VoxelField grown = FieldResampling.Resample(field, grid);
        (field, state) = (grown, state.Resample(grown));
        for (int view = 0; view < tapes.Length; view++)
        {
            tapes[view] = new RenderTape(); // as a new renderer's: a tape belongs to one grid
        }

        return (field, state);
    }

    /// <inheritdoc/>
    public void ReadBack()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
