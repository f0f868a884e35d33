using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

/// <summary>What a renderer makes of a golden case: forward and backward pass.</summary>
internal sealed class RenderOutcome
{
    public required int SampleCount { get; init; }

    public required float StepLength { get; init; }

    /// <summary>[c, rays].</summary>
    public required float[] Image { get; init; }

    /// <summary>[rays].</summary>
    public required float[] Depth { get; init; }

    /// <summary>[rays].</summary>
    public required float[] Transmittance { get; init; }

    /// <summary>[samples, rays].</summary>
    public required float[] Weights { get; init; }

    /// <summary>The emptiness loss.</summary>
    public required double Emptiness { get; init; }

    public required FieldGradient Gradient { get; init; }
}
