using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Optimization;

/// <summary>The optimiser's memory of one field: first moments m, infinity norms u, and the number of steps done.</summary>
public sealed class AdamaxState
{
    private readonly float[] backgroundMoment;
    private readonly float[] backgroundNorm;
    private readonly float[] densityScale = new float[2];

    /// <summary>Zeros, in the shape of a field.</summary>
    public AdamaxState(VoxelField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        FirstMoment = new VoxelRecords(field.Grid, field.Channels);
        InfinityNorm = new VoxelRecords(field.Grid, field.Channels);
        int texels = field.Background.IsTexture ? field.Background.Values.Length : 0;
        backgroundMoment = new float[texels];
        backgroundNorm = new float[texels];
    }

    /// <summary>m of density and features.</summary>
    public VoxelRecords FirstMoment { get; }

    /// <summary>u of density and features.</summary>
    public VoxelRecords InfinityNorm { get; }

    /// <summary>m of the background texture, [c, height, width]; empty for a fixed background.</summary>
    public Span<float> BackgroundMoment => backgroundMoment;

    /// <summary>u of the background texture, [c, height, width].</summary>
    public Span<float> BackgroundNorm => backgroundNorm;

    /// <summary>m of the density's log scale, one value.</summary>
    public Span<float> DensityScaleMoment => densityScale.AsSpan(0, 1);

    /// <summary>u of the density's log scale, one value.</summary>
    public Span<float> DensityScaleNorm => densityScale.AsSpan(1, 1);

    /// <summary>Steps done.</summary>
    public int Steps { get; set; }

    /// <summary>One step of the background texture; <see cref="Steps"/> counts it already.</summary>
    internal void UpdateBackground(VoxelField field, ReadOnlySpan<double> gradient, float rate)
    {
        float correctedRate = Adamax.CorrectedRate(rate, Steps);
        Span<float> texture = field.Background.Values;
        for (int i = 0; i < texture.Length; i++)
        {
            float g = (float)gradient[i];
            Adamax.Update(texture.Slice(i, 1), new ReadOnlySpan<float>(in g), backgroundMoment.AsSpan(i, 1), backgroundNorm.AsSpan(i, 1), correctedRate);
        }
    }

    /// <summary>One step of the density's log scale; <see cref="Steps"/> counts it already.</summary>
    internal void UpdateDensityScale(VoxelField field, float gradient, float rate)
    {
        float scale = field.DensityScale;
        Adamax.Update(new Span<float>(ref scale), new ReadOnlySpan<float>(in gradient), DensityScaleMoment, DensityScaleNorm, Adamax.CorrectedRate(rate, Steps));
        field.DensityScale = scale;
    }
}
