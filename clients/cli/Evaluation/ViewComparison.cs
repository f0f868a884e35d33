namespace Sjc.Cli.Evaluation;

/// <summary>How a picture of a field compares with the truth.</summary>
internal static class ViewComparison
{
    private const float Threshold = 0.5f;

    /// <summary>Intersection over union of the silhouettes: opacity above ½ against coverage above ½; 1 where both are empty.</summary>
    /// <param name="opacity">Of the field, [pixels].</param>
    /// <param name="coverage">Of the truth, [pixels].</param>
    public static double SilhouetteIou(ReadOnlySpan<float> opacity, ReadOnlySpan<float> coverage)
    {
        int both = 0;
        int either = 0;
        for (int i = 0; i < opacity.Length; i++)
        {
            bool shown = opacity[i] > Threshold;
            bool there = coverage[i] > Threshold;
            both += shown && there ? 1 : 0;
            either += shown || there ? 1 : 0;
        }

        return either == 0 ? 1 : (double)both / either;
    }

    /// <summary>Peak signal-to-noise ratio in dB over the truth's foreground pixels, for values in [−1, 1].</summary>
    /// <param name="image">Of the field, [3, pixels].</param>
    /// <param name="truth">[3, pixels].</param>
    /// <param name="coverage">Of the truth, [pixels].</param>
    public static double ForegroundPsnr(ReadOnlySpan<float> image, ReadOnlySpan<float> truth, ReadOnlySpan<float> coverage)
    {
        double sum = 0;
        long count = 0;
        for (int i = 0; i < image.Length; i++)
        {
            if (coverage[i % coverage.Length] > Threshold)
            {
                double difference = (image[i] - truth[i]) / 2;
                sum += difference * difference;
                count++;
            }
        }

        return 10 * Math.Log10(count / sum);
    }
}
