using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;

namespace Sjc.RadianceField.Rendering;

/// <summary>What the loop needs of a renderer that holds a field and its optimiser's memory: on the processor, or on a GPU.</summary>
/// <remarks>One iteration is <see cref="Forward"/> and <see cref="Backward"/> for every view, then one <see cref="Step"/>. Not thread-safe.</remarks>
internal interface ITrainingRenderer : IDisposable
{
    /// <summary>Renders the rays of a camera onto the view's tape.</summary>
    /// <param name="view">Index of the view within the iteration.</param>
    /// <param name="camera">Its pixels are the rays.</param>
    /// <param name="options">Step, weight threshold and ray offset.</param>
    /// <returns>The images; valid until the next forward pass of the same view.</returns>
    IViewTape Forward(int view, Camera camera, RenderOptions options);

    /// <summary>The adjoint of a view's forward pass; the step that follows uses it. The last of several counts.</summary>
    /// <param name="view">Index of the view within the iteration.</param>
    /// <param name="gradient">∂L/∂image and ∂L/∂depth, and the emptiness loss, which is computed here.</param>
    /// <returns>The emptiness loss W·mean(log(1 + scale·w)); 0 where W is 0.</returns>
    /// <exception cref="ArgumentException">A gradient's size differs from the view's.</exception>
    double Backward(int view, RenderGradient gradient);

    /// <summary>One Adamax step with the sum of all views' gradients.</summary>
    /// <exception cref="ArgumentException">A view has had no backward pass.</exception>
    void Step(AdamaxRates rates);

    /// <summary>Computes the mask of what can be seen from the field as it is, gives it to the field, and skips samples by it from now on; one
    /// that hides everything is not taken.</summary>
    /// <param name="threshold">Opacity over one voxel above which a voxel and its neighbours can be seen.</param>
    void Prune(float threshold);

    /// <summary>Goes on with a grid of another size: field and optimiser's memory resampled as <see cref="FieldResampling"/> and
    /// <see cref="AdamaxState.Resample"/> do. Every view must be rendered anew; what was given out before is left as it is.</summary>
    /// <param name="grid">The new size.</param>
    /// <returns>The field and its memory from now on, which <see cref="ReadBack"/> brings up to date; the mask is at once.</returns>
    (VoxelField Field, AdamaxState State) Grow(GridSize grid);

    /// <summary>Brings the field and the optimiser's memory, as the renderer was given them or has given them out when the grid grew, up to date.</summary>
    void ReadBack();
}
