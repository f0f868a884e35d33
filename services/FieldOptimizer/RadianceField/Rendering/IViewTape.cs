namespace Sjc.RadianceField.Rendering;

/// <summary>The images of one rendered view.</summary>
internal interface IViewTape
{
    /// <summary>k: samples per ray, inactive ones included; the longest ray's number.</summary>
    int SampleCount { get; }

    /// <summary>The rendered image, [c, rays].</summary>
    ReadOnlySpan<float> Image { get; }

    /// <summary>Expected distance along each ray, world units, where the background counts 10; [rays].</summary>
    ReadOnlySpan<float> Depth { get; }

    /// <summary>What is left for the background, in [0, 1]; [rays].</summary>
    ReadOnlySpan<float> Transmittance { get; }
}
