namespace Sjc.RadianceField.Fields;

/// <summary>Trilinear change of a grid's size, one axis after the other, with clamped edges.</summary>
/// <remarks>Position i of n_dst reads at max((i + ½)·n_src/n_dst − ½, 0) of n_src; the upper neighbour is clamped to the last.</remarks>
public static class TrilinearResampling
{
    /// <summary>A growing schedule's next size, as in the reference: int(float32(n·1.328)).</summary>
    public static int GrownSize(int size) => (int)(float)(size * 1.328);

    /// <summary>Resizes every channel.</summary>
    /// <param name="source">[c, z, y, x].</param>
    /// <param name="channels">c.</param>
    /// <param name="sourceSize">Voxels along z, y, x.</param>
    /// <param name="targetSize">Voxels along z, y, x.</param>
    /// <returns>[c, z, y, x] of the target's size.</returns>
    /// <exception cref="ArgumentException">A size is not positive, or does not fit the span.</exception>
    public static float[] Resample(
        ReadOnlySpan<float> source, int channels, (int Z, int Y, int X) sourceSize, (int Z, int Y, int X) targetSize)
    {
        if (channels < 1 || Math.Min(targetSize.Z, Math.Min(targetSize.Y, targetSize.X)) < 1
            || source.Length != channels * sourceSize.Z * sourceSize.Y * sourceSize.X || source.Length == 0)
        {
            throw new ArgumentException($"source must be [{channels}, {sourceSize.Z}, {sourceSize.Y}, {sourceSize.X}] and targetSize positive, but they have {source.Length} values and {targetSize}.", nameof(source));
        }

        float[] alongX = ResampleAxis(source, channels * sourceSize.Z * sourceSize.Y, sourceSize.X, targetSize.X, 1);
        float[] alongY = ResampleAxis(alongX, channels * sourceSize.Z, sourceSize.Y, targetSize.Y, targetSize.X);
        return ResampleAxis(alongY, channels, sourceSize.Z, targetSize.Z, targetSize.Y * targetSize.X);
    }

    private static float[] ResampleAxis(ReadOnlySpan<float> source, int outer, int sourceSize, int targetSize, int inner)
    {
        float[] target = new float[outer * targetSize * inner];
        for (int i = 0; i < targetSize; i++)
        {
            double position = Math.Max(((i + 0.5) * sourceSize / targetSize) - 0.5, 0);
            int lower = Math.Min((int)position, sourceSize - 1);
            int upper = Math.Min(lower + 1, sourceSize - 1);
            float fraction = (float)(position - lower);
            for (int o = 0; o < outer; o++)
            {
                ReadOnlySpan<float> below = source.Slice(((o * sourceSize) + lower) * inner, inner);
                ReadOnlySpan<float> above = source.Slice(((o * sourceSize) + upper) * inner, inner);
                Span<float> to = target.AsSpan(((o * targetSize) + i) * inner, inner);
                for (int j = 0; j < inner; j++)
                {
                    to[j] = below[j] + (fraction * (above[j] - below[j]));
                }
            }
        }

        return target;
    }
}
