namespace Sjc.Diffusion.Schedules;

/// <summary>Descending sequences of noise levels for samplers.</summary>
public static class NoiseLevels
{
    /// <summary>Karras et al. 2022, eq. 5, without the final 0: (σ_max^(1/ρ) + i/(n−1)·(σ_min^(1/ρ) − σ_max^(1/ρ)))^ρ.</summary>
    /// <exception cref="ArgumentException">The range is not 0 &lt; σ_min ≤ σ_max, or the count or ρ is not positive.</exception>
    public static double[] Karras(double sigmaMax, double sigmaMin, int count, double rho = 7)
    {
        RequireRange(sigmaMax, sigmaMin, count);
        if (!(rho > 0))
        {
            throw new ArgumentException($"{nameof(rho)} must be positive, but is {rho}.", nameof(rho));
        }

        double first = Math.Pow(sigmaMax, 1 / rho);
        double last = Math.Pow(sigmaMin, 1 / rho);
        return [.. Enumerable.Range(0, count).Select(i => Math.Pow(first + (Fraction(i, count) * (last - first)), rho))];
    }

    /// <summary>Geometric from σ_max to σ_min.</summary>
    /// <exception cref="ArgumentException">The range is not 0 &lt; σ_min ≤ σ_max, or the count is not positive.</exception>
    public static double[] Geometric(double sigmaMax, double sigmaMin, int count)
    {
        RequireRange(sigmaMax, sigmaMin, count);
        double first = Math.Log(sigmaMax);
        double last = Math.Log(sigmaMin);
        return [.. Enumerable.Range(0, count).Select(i => Math.Exp(first + (Fraction(i, count) * (last - first))))];
    }

    private static double Fraction(int i, int count) => count == 1 ? 0 : (double)i / (count - 1);

    private static void RequireRange(double sigmaMax, double sigmaMin, int count)
    {
        if (!(sigmaMin > 0 && sigmaMin <= sigmaMax && double.IsFinite(sigmaMax)))
        {
            throw new ArgumentException($"{nameof(sigmaMin)} must be in (0, {nameof(sigmaMax)}], but is {sigmaMin} with {nameof(sigmaMax)} {sigmaMax}.", nameof(sigmaMin));
        }

        if (count < 1)
        {
            throw new ArgumentException($"{nameof(count)} must be at least 1, but is {count}.", nameof(count));
        }
    }
}
