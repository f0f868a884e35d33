namespace Sjc.Numerics.Resize;

/// <summary>Images between planes of floats, [c, h, w], and interleaved bytes, [h, w, c].</summary>
public static class PixelBytes
{
    /// <summary>Floats to bytes: v·255, clamped to [0, 255] and truncated, where v = (x + 1)/2 for centred images and x for others.</summary>
    /// <param name="planes">[channels, pixels].</param>
    /// <param name="channels">c.</param>
    /// <param name="centered">Whether the values lie in [−1, 1] rather than in [0, 1].</param>
    /// <param name="interleaved">Receives [pixels, channels].</param>
    /// <exception cref="ArgumentException">The lengths differ, or are no multiple of the channels.</exception>
    public static void ToBytes(ReadOnlySpan<float> planes, int channels, bool centered, Span<byte> interleaved)
    {
        int pixels = PixelCount(planes.Length, interleaved.Length, channels);
        for (int c = 0; c < channels; c++)
        {
            for (int i = 0; i < pixels; i++)
            {
                float value = planes[(c * pixels) + i];
                float scaled = (centered ? (value + 1) / 2 : value) * 255;

                // NaN compares false both ways: it becomes 0.
                interleaved[(i * channels) + c] = scaled >= 255 ? (byte)255 : scaled > 0 ? (byte)scaled : (byte)0;
            }
        }
    }

    /// <summary>Bytes to floats in [−1, 1]: b/255·2 − 1.</summary>
    /// <param name="interleaved">[pixels, channels].</param>
    /// <param name="channels">c.</param>
    /// <param name="planes">Receives [channels, pixels].</param>
    /// <exception cref="ArgumentException">The lengths differ, or are no multiple of the channels.</exception>
    public static void ToCentered(ReadOnlySpan<byte> interleaved, int channels, Span<float> planes)
    {
        int pixels = PixelCount(planes.Length, interleaved.Length, channels);
        for (int c = 0; c < channels; c++)
        {
            for (int i = 0; i < pixels; i++)
            {
                planes[(c * pixels) + i] = (interleaved[(i * channels) + c] / 255f * 2) - 1;
            }
        }
    }

    private static int PixelCount(int planesLength, int interleavedLength, int channels)
    {
        if (channels < 1 || planesLength != interleavedLength || planesLength % channels != 0)
        {
            throw new ArgumentException($"Both images must hold the same multiple of {channels} values, but hold {planesLength} and {interleavedLength}.");
        }

        return planesLength / channels;
    }
}
