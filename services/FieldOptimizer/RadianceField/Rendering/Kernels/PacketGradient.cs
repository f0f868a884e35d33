namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>What the adjoint of a packet of sixteen rays starts from, and what it gives per ray.</summary>
internal unsafe struct PacketGradient
{
    /// <summary>∂L/∂pixel, [16, colour stride].</summary>
    public float* Color;

    /// <summary>∂L/∂depth, [16].</summary>
    public float* Depth;

    /// <summary>∂L/∂(background's share): g·b + 10·h, [16].</summary>
    public float* Background;

    /// <summary>What was left for the background, [16].</summary>
    public float* Transmittance;

    /// <summary>W·scale/(samples·rays) of the emptiness loss.</summary>
    public float Emptiness;

    /// <summary>The emptiness loss's scale.</summary>
    public float EmptinessScale;

    /// <summary>Receives Σ log(1 + scale·w) of each ray, [16]; untouched where there is no emptiness loss.</summary>
    public double* EmptinessSums;
}
