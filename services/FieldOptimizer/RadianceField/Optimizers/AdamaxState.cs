using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Optimizers;

/// <summary>The optimiser's memory of one field: first moments m, infinity norms u, and the number of steps done.</summary>
public sealed class AdamaxState
{
    /// <summary>In <see cref="RestingSince"/>: not at rest.</summary>
    internal const int Moving = -1;

    private readonly float[] backgroundMoment;
    private readonly float[] backgroundNorm;
    private readonly float[] densityScale = new float[2];

    /// <summary>Zeros, in the shape of a field.</summary>
    public AdamaxState(VoxelField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        Moments = new VoxelRecords(field.Grid, field.Channels);
        Norms = new VoxelRecords(field.Grid, field.Channels);
        RestingSince = new int[(field.Voxels.Layout.RecordCount / RecordLayout.SegmentRecords) + 1];
        int texels = field.Background.IsTexture ? field.Background.Values.Length : 0;
        backgroundMoment = new float[texels];
        backgroundNorm = new float[texels];
    }

    /// <summary>m of density and features.</summary>
    public VoxelRecords FirstMoment
    {
        get
        {
            WakeAll();
            return Moments;
        }
    }

    /// <summary>u of density and features.</summary>
    public VoxelRecords InfinityNorm
    {
        get
        {
            WakeAll();
            return Norms;
        }
    }

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

    /// <summary>m; always up to date.</summary>
    internal VoxelRecords Moments { get; }

    /// <summary>u; up to date but for the features of segments at rest.</summary>
    internal VoxelRecords Norms { get; }

    /// <summary>Per segment of feature records: the step from which on all its first moments are zero and no sample has touched it, so that
    /// only u changes, which waits until somebody asks; or <see cref="Moving"/>.</summary>
    internal int[] RestingSince { get; }

    /// <summary>The memory of the same field on another grid: m and u of the voxels resampled as the field is, the rest copied.</summary>
    /// <param name="resampled">The field on its new grid.</param>
    internal AdamaxState Resample(VoxelField resampled)
    {
        AdamaxState state = new(resampled) { Steps = Steps };
        // Through the properties, which leave nothing at rest.
        FieldResampling.Resample(FirstMoment, state.FirstMoment);
        FieldResampling.Resample(InfinityNorm, state.InfinityNorm);
        backgroundMoment.CopyTo(state.backgroundMoment, 0);
        backgroundNorm.CopyTo(state.backgroundNorm, 0);
        densityScale.CopyTo(state.densityScale, 0);
        return state;
    }

    /// <summary>Brings every u up to date, with the bits that a sweep at every step would have given.</summary>
    private unsafe void WakeAll()
    {
        int floats = RecordLayout.SegmentRecords * Norms.FeatureStride;
        for (int segment = 0; segment < RestingSince.Length; segment++)
        {
            // What follows the last whole segment holds no record.
            if (RestingSince[segment] != Moving && (segment + 1L) * RecordLayout.SegmentRecords <= Norms.Layout.RecordCount)
            {
                AdamaxKernel.Decay<Lanes1>(Norms.Features + ((nint)segment * floats), floats, Steps - RestingSince[segment]);
            }

            RestingSince[segment] = Moving;
        }

        GC.KeepAlive(this);
    }

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
