using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;

namespace Sjc.RadianceField.Rendering;

/// <summary>What happens to a slab's gradient once it is complete: it is added to a gradient, or one Adamax step uses it.</summary>
internal struct SlabTask
{
    /// <summary>The field's records.</summary>
    public VoxelRecords Records;

    /// <summary>Receives the gradient; null: the step is done.</summary>
    public VoxelRecords? Gradient;

    /// <summary>The optimiser's memory.</summary>
    public AdamaxState? State;

    /// <summary>Of the step.</summary>
    public float CorrectedRate;

    /// <summary>Whether the background's gradient is summed up, too.</summary>
    public bool NeedsTexture;
}
