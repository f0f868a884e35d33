namespace Sjc.Diffusion;

/// <summary>Extents of one image or latent of a model.</summary>
/// <param name="Channels">c of [c, h, w].</param>
/// <param name="Height">h of [c, h, w].</param>
/// <param name="Width">w of [c, h, w].</param>
public sealed record DataShape(int Channels, int Height, int Width)
{
    /// <summary>c · h · w.</summary>
    public int ElementCount => Channels * Height * Width;

    /// <summary>"[c, h, w]".</summary>
    public override string ToString() => $"[{Channels}, {Height}, {Width}]";
}
