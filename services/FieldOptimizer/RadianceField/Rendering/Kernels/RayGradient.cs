namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>What the adjoint of one ray starts from.</summary>
internal unsafe struct RayGradient
{
    /// <summary>∂L/∂pixel, [c].</summary>
    public float* Color;

    /// <summary>∂L/∂depth.</summary>
    public float Depth;

    /// <summary>∂L/∂(background's share): g·b + 10·h.</summary>
    public float Background;

    /// <summary>W·scale/(samples·rays) of the emptiness loss.</summary>
    public float Emptiness;

    /// <summary>The emptiness loss's scale.</summary>
    public float EmptinessScale;

    /// <summary>What was left for the background.</summary>
    public float Transmittance;
}
