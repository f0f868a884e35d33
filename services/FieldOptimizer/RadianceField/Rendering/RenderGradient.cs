namespace Sjc.RadianceField.Rendering;

/// <summary>What the renderer's adjoint starts from: ∂L/∂image, ∂L/∂depth, and the emptiness loss's coefficients.</summary>
public readonly ref struct RenderGradient
{
    /// <summary>∂L/∂image, [c, rays]; empty: zero.</summary>
    public ReadOnlySpan<float> Image { get; init; }

    /// <summary>∂L/∂depth, [rays]; empty: zero.</summary>
    public ReadOnlySpan<float> Depth { get; init; }

    /// <summary>W of the emptiness loss W·mean(log(1 + scale·w)) over all samples × rays, inactive ones included; 0: none.</summary>
    public float EmptinessWeight { get; init; }

    /// <summary>The emptiness loss's scale; the reference's is 10.</summary>
    public float EmptinessScale { get; init; }
}
