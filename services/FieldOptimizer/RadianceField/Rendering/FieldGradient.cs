using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering;

/// <summary>The gradient of a loss with respect to everything that a field learns.</summary>
public sealed class FieldGradient
{
    private readonly float[] background;

    /// <summary>Zeros, in the shape of a field.</summary>
    public FieldGradient(VoxelField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        Voxels = new VoxelRecords(field.Grid, field.Channels);
        background = new float[field.Background.IsTexture ? field.Background.Values.Length : 0];
    }

    /// <summary>Of density and features.</summary>
    public VoxelRecords Voxels { get; }

    /// <summary>Of the background texture, [c, height, width]; empty for a fixed background.</summary>
    public Span<float> Background => background;

    /// <summary>Of the density's log scale.</summary>
    public float DensityScale { get; set; }

    /// <summary>Sets everything to zero.</summary>
    public void Clear()
    {
        Voxels.Clear();
        Array.Clear(background);
        DensityScale = 0;
    }
}
