using System.Runtime.InteropServices;
using SkiaSharp;

namespace Sjc.FieldOptimizer.Export;

/// <summary>Images of a field as PNG files.</summary>
internal static class Pictures
{
    /// <summary>An image as RGB, 8 bits.</summary>
    /// <param name="image">[c, h, w]; of three channels in [valueMin, valueMax]; of one shown grey.</param>
    public static byte[] Encode(ReadOnlySpan<float> image, int channels, int height, int width, float valueMin, float valueMax)
    {
        int pixels = height * width;
        if (image.Length != channels * pixels)
        {
            throw new ArgumentException($"image must have {channels * pixels} values, but has {image.Length}.", nameof(image));
        }

        byte[] rgba = new byte[pixels * 4];
        for (int i = 0; i < pixels; i++)
        {
            for (int color = 0; color < 3; color++)
            {
                rgba[(4 * i) + color] = ToByte(image[(Math.Min(color, channels - 1) * pixels) + i], valueMin, valueMax);
            }

            rgba[(4 * i) + 3] = byte.MaxValue;
        }

        return EncodePng(rgba, height, width);
    }

    /// <summary>Expected depth: what is near bright, what is far dark, the background black.</summary>
    /// <param name="depth">[h, w], world units; the background's part counts 10 (as it is rendered).</param>
    /// <param name="opacity">[h, w], in [0, 1].</param>
    public static byte[] EncodeDepth(ReadOnlySpan<float> depth, ReadOnlySpan<float> opacity, int height, int width)
    {
        const float BackgroundDepth = 10;
        const float LeastOpacity = 0.05f;
        float[] distances = new float[depth.Length];
        (float near, float far) = (float.PositiveInfinity, float.NegativeInfinity);
        for (int i = 0; i < depth.Length; i++)
        {
            // depth = sum w s + 10 (1 - opacity): the mean distance of what is there.
            distances[i] = opacity[i] < LeastOpacity ? float.NaN : (depth[i] - (BackgroundDepth * (1 - opacity[i]))) / opacity[i];
            if (!float.IsNaN(distances[i]))
            {
                near = Math.Min(near, distances[i]);
                far = Math.Max(far, distances[i]);
            }
        }

        byte[] rgba = new byte[depth.Length * 4];
        float range = Math.Max(far - near, 1e-6f);
        for (int i = 0; i < depth.Length; i++)
        {
            // The farthest surface keeps a fifth of the brightness, so that it can be told from the background.
            float brightness = float.IsNaN(distances[i]) ? 0 : opacity[i] * (1 - (0.8f * (distances[i] - near) / range));
            rgba.AsSpan(4 * i, 3).Fill(ToByte(brightness, 0, 1));
            rgba[(4 * i) + 3] = byte.MaxValue;
        }

        return EncodePng(rgba, height, width);
    }

    private static byte ToByte(float value, float min, float max) => (byte)Math.Clamp((255 * (value - min) / (max - min)) + 0.5f, 0, 255);

    private static byte[] EncodePng(byte[] rgba, int height, int width)
    {
        SKImageInfo info = new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        GCHandle pinned = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            using SKPixmap pixmap = new(info, pinned.AddrOfPinnedObject(), info.RowBytes);
            using SKData data = pixmap.Encode(SKPngEncoderOptions.Default)
                ?? throw new InvalidOperationException($"A picture of {width}×{height} must be encodable, but is not.");
            return data.ToArray();
        }
        finally
        {
            pinned.Free();
        }
    }
}
