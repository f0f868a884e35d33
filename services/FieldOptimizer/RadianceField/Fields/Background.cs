namespace Sjc.RadianceField.Fields;

/// <summary>What rays see behind the field: one fixed colour, or a learnt texture over directions.</summary>
public sealed class Background
{
    private readonly float[] values;

    private Background(float[] values, int channels, int height, int width)
    {
        this.values = values;
        Channels = channels;
        Height = height;
        Width = width;
    }

    /// <summary>Channels of the colour or texture.</summary>
    public int Channels { get; }

    /// <summary>Texels along v; 0 for a fixed colour.</summary>
    public int Height { get; }

    /// <summary>Texels along u; 0 for a fixed colour.</summary>
    public int Width { get; }

    /// <summary>Whether this is a texture, whose features are learnt and pass through the field's colour activation.</summary>
    public bool IsTexture => Height > 0;

    /// <summary>The texture's features [c, height, width], or the fixed colour [c] as it appears in the image.</summary>
    public Span<float> Values => values;

    /// <summary>A colour that is not learnt, in the image's range; the reference without background is 1 in every channel.</summary>
    public static Background Fixed(ReadOnlySpan<float> color) =>
        color.Length > 0 ? new(color.ToArray(), color.Length, 0, 0) : throw new ArgumentException("color must have at least 1 channel, but is empty.", nameof(color));

    /// <summary>A texture of zeros; see <see cref="SphericalMap"/> for its mapping.</summary>
    public static Background Texture(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return new(new float[channels * height * width], channels, height, width);
    }
}
