namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>One ray's samples, near to far; each array has <see cref="PaddedCount"/> values, of which the last ones may be inactive.</summary>
internal unsafe struct RaySamples
{
    /// <summary>A multiple of <see cref="RenderTape.SampleAlignment"/>.</summary>
    public int PaddedCount;

    /// <summary>Channels.</summary>
    public int Channels;

    /// <summary>Floats between channels of <see cref="Colors"/>.</summary>
    public int ColorPitch;

    /// <summary>Distance of sample 0, world units.</summary>
    public float FirstDistance;

    /// <summary>δ, world units.</summary>
    public float StepLength;

    /// <summary>Samples of at most this weight have no colour.</summary>
    public float WeightThreshold;

    /// <summary>Interpolated density, before scale and shift.</summary>
    public float* Densities;

    /// <summary>δ·∂σ/∂density.</summary>
    public float* Slopes;

    /// <summary>w.</summary>
    public float* Weights;

    /// <summary>[c][sample]: features before the activation, colours after it.</summary>
    public float* Colors;
}
