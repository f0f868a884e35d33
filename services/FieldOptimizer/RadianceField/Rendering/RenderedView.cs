namespace Sjc.RadianceField.Rendering;

/// <summary>A picture of the field with its depth and opacity.</summary>
public sealed class RenderedView(int height, int width, int channels)
{
    /// <summary>Pixels.</summary>
    public int Height { get; } = height;

    /// <summary>Pixels.</summary>
    public int Width { get; } = width;

    /// <summary>Channels of the image.</summary>
    public int Channels { get; } = channels;

    /// <summary>[c, h, w], in the values of the scorer's images.</summary>
    public float[] Image { get; } = new float[channels * height * width];

    /// <summary>[h, w]: expected distance along the ray, world units; the background counts 10.</summary>
    public float[] Depth { get; } = new float[height * width];

    /// <summary>[h, w], in [0, 1]: 1 less the background's weight.</summary>
    public float[] Opacity { get; } = new float[height * width];
}
