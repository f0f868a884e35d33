namespace Sjc.RadianceField.Tests.Optimization;

/// <summary>The closed-form denoiser of a set of pictures, in double, and the perturb-and-average gradient of one draw.</summary>
/// <param name="pictures">[pictures, elements].</param>
/// <param name="elements">Of one picture.</param>
internal sealed class AnalyticDenoiser(float[] pictures, int elements)
{
    /// <summary>(D(y + sn; s) − y)/s with variance reduction, (D(y + sn; s) − y − sn)/s without.</summary>
    internal float[] Gradient(ReadOnlySpan<float> image, ReadOnlySpan<float> noise, double sigma, bool varianceReduction)
    {
        double[] noisy = new double[elements];
        for (int i = 0; i < elements; i++)
        {
            noisy[i] = image[i] + (sigma * noise[i]);
        }

        double[] denoised = Denoise(noisy, sigma);
        float[] gradient = new float[elements];
        for (int i = 0; i < elements; i++)
        {
            gradient[i] = (float)((denoised[i] - (varianceReduction ? image[i] : noisy[i])) / sigma);
        }

        return gradient;
    }

    /// <summary>D(x; s) = Σ softmax(−|x − Y|²/2s²) Y.</summary>
    private double[] Denoise(double[] noisy, double sigma)
    {
        double[] logits = new double[pictures.Length / elements];
        for (int k = 0; k < logits.Length; k++)
        {
            double distance = 0;
            for (int i = 0; i < elements; i++)
            {
                double difference = noisy[i] - pictures[(k * elements) + i];
                distance += difference * difference;
            }

            logits[k] = -distance / (2 * sigma * sigma);
        }

        double greatest = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp(logit - greatest))];
        double sum = weights.Sum();
        double[] denoised = new double[elements];
        for (int k = 0; k < weights.Length; k++)
        {
            for (int i = 0; i < elements; i++)
            {
                denoised[i] += weights[k] / sum * pictures[(k * elements) + i];
            }
        }

        return denoised;
    }
}
