namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The samples of a packet of sixteen rays, near to far: sample (step, ray) is at 16·step + ray.</summary>
internal unsafe struct PacketSamples
{
    /// <summary>Steps of the longest ray.</summary>
    public int Steps;

    /// <summary>Whether all samples are kept; else each chunk overwrites the one before.</summary>
    public bool Keeps;

    /// <summary>Floats per colour: the channels, rounded up to whole vectors of four.</summary>
    public int ColorStride;

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

    /// <summary>The samples above the weight threshold, ascending.</summary>
    public int* Visible;

    /// <summary>Colours of the visible samples, one record each.</summary>
    public float* Colors;
}
