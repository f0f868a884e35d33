namespace Sjc.FieldOptimizer.Scoring;

/// <summary>What latents were decoded to.</summary>
/// <param name="pixels">[3, height, width] in [−1, 1]; null where they could not be decoded.</param>
/// <param name="height">Pixels.</param>
/// <param name="width">Pixels.</param>
/// <param name="reason">Why there is no picture; empty where there is one.</param>
internal sealed class DecodedPicture(float[]? pixels, int height, int width, string reason)
{
    /// <summary>[3, height, width] in [−1, 1]; null where the latents could not be decoded.</summary>
    public float[]? Pixels { get; } = pixels;

    /// <summary>Pixels.</summary>
    public int Height { get; } = height;

    /// <summary>Pixels.</summary>
    public int Width { get; } = width;

    /// <summary>Why there is no picture; empty where there is one.</summary>
    public string Reason { get; } = reason;

    public static DecodedPicture None(string reason) => new(null, 0, 0, reason);
}
