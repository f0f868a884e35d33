namespace Sjc.RadianceField.Losses;

/// <summary>W·mean(log(1 + scale·w)) over the compositing weights of all samples of all rays: pushes thin fog out of the box (Wang et al. 2023).</summary>
public static class EmptinessLoss
{
    /// <summary>The loss.</summary>
    /// <param name="weights">w, [samples, rays] in any order, inactive samples (0) included, in [0, 1].</param>
    /// <param name="weight">W.</param>
    /// <param name="scale">≥ 0.</param>
    public static double Forward(ReadOnlySpan<float> weights, double weight, double scale)
    {
        double sum = 0;
        foreach (float w in weights)
        {
            sum += Math.Log(1 + (scale * w));
        }

        return weight * sum / weights.Length;
    }

    /// <summary>Adds ∂L/∂wᵢ = W·scale/(n(1 + scale·wᵢ)).</summary>
    /// <param name="weights">w.</param>
    /// <param name="weight">W.</param>
    /// <param name="scale">≥ 0.</param>
    /// <param name="weightGrad">[as weights]; added to.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static void Adjoint(ReadOnlySpan<float> weights, double weight, double scale, Span<float> weightGrad)
    {
        if (weightGrad.Length != weights.Length)
        {
            throw new ArgumentException($"weightGrad must have {weights.Length} values, but has {weightGrad.Length}.", nameof(weightGrad));
        }

        double factor = weight * scale / weights.Length;
        for (int i = 0; i < weights.Length; i++)
        {
            weightGrad[i] += (float)(factor / (1 + (scale * weights[i])));
        }
    }

    /// <summary>What W is multiplied by at an iteration: <paramref name="multiplier"/> from the fraction <paramref name="step"/> of the run on.</summary>
    public static double Multiplier(double step, int iterations, int iteration, double multiplier) =>
        step * iterations <= iteration ? multiplier : 1;
}
