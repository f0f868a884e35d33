namespace Sjc.Diffusion.Schedules;

/// <summary>The noise levels that a network was trained on, in "variance exploding" form, and the timestep that it is told for each.</summary>
/// <remarks>For a variance-preserving chain with ᾱ, x_vp = √ᾱ·clean + √(1−ᾱ)·noise, the level is σ = √((1−ᾱ)/ᾱ).</remarks>
public sealed class SigmaLadder
{
    private const int DiffusionSteps = 1000;
    private readonly double[] sigmas;
    private readonly bool timestepsDescend;

    /// <summary>A ladder.</summary>
    /// <param name="sigmas">Strictly descending, &gt; 0.</param>
    /// <param name="timestepsDescend">On: entry j is told as timestep n − 1 − j, as in diffusion chains. Off: as j, as in NCSN.</param>
    /// <exception cref="ArgumentException">The levels are none, not positive or not descending.</exception>
    public SigmaLadder(IEnumerable<double> sigmas, bool timestepsDescend = true)
    {
        this.sigmas = [.. sigmas];
        this.timestepsDescend = timestepsDescend;
        for (int j = 0; j < this.sigmas.Length; j++)
        {
            double above = j == 0 ? double.PositiveInfinity : this.sigmas[j - 1];
            if (!(this.sigmas[j] > 0 && this.sigmas[j] < above))
            {
                throw new ArgumentException($"{nameof(sigmas)} must be positive and descend, but hold {this.sigmas[j]} after {above}.", nameof(sigmas));
            }
        }

        if (this.sigmas.Length == 0)
        {
            throw new ArgumentException($"{nameof(sigmas)} must hold at least one level, but are empty.", nameof(sigmas));
        }
    }

    /// <summary>Stable Diffusion: √β linear from √.00085 to √.012.</summary>
    public static SigmaLadder StableDiffusion { get; } = FromBetas(Linear(Math.Sqrt(0.00085), Math.Sqrt(0.012)).Select(root => root * root));

    /// <summary>Guided diffusion, and Ho et al. 2020: β linear from 10⁻⁴ to .02.</summary>
    public static SigmaLadder GuidedDiffusionLinear { get; } = FromBetas(Linear(1e-4, 0.02));

    /// <summary>Nichol and Dhariwal 2021, eq. 17 with offset .008 and β at most .999.</summary>
    public static SigmaLadder GuidedDiffusionCosine { get; } = new(CosineLevels().Reverse());

    /// <summary>NCSNv2 (Song and Ermon 2020): 1086 levels, geometric from 190 to .01, in float32.</summary>
    public static SigmaLadder Ncsn { get; } = new(NoiseLevels.Geometric(190, 0.01, 1086).Select(sigma => (double)(float)sigma), timestepsDescend: false);

    /// <summary>The levels, descending.</summary>
    public IReadOnlyList<double> Sigmas => sigmas;

    /// <summary>The greatest level.</summary>
    public double SigmaMax => sigmas[0];

    /// <summary>The least level.</summary>
    public double SigmaMin => sigmas[^1];

    /// <summary>A chain's ladder from its β_t, t ascending: ᾱ_t = Π (1 − β).</summary>
    public static SigmaLadder FromBetas(IEnumerable<double> betas)
    {
        List<double> levels = [];
        double alphaBar = 1;
        foreach (double beta in betas)
        {
            alphaBar *= 1 - beta;
            levels.Add(Math.Sqrt((1 - alphaBar) / alphaBar));
        }

        levels.Reverse();
        return new SigmaLadder(levels);
    }

    /// <summary>The entry nearest to a noise level, the first on ties.</summary>
    /// <returns>The entry's index and level.</returns>
    public (int Index, double Sigma) Snap(double sigma)
    {
        int nearest = 0;
        for (int j = 1; j < sigmas.Length; j++)
        {
            if (Math.Abs(sigma - sigmas[j]) < Math.Abs(sigma - sigmas[nearest]))
            {
                nearest = j;
            }
        }

        return (nearest, sigmas[nearest]);
    }

    /// <summary>What the network is told for an entry.</summary>
    public int Timestep(int index) => timestepsDescend ? sigmas.Length - 1 - index : index;

    private static IEnumerable<double> Linear(double first, double last) =>
        Enumerable.Range(0, DiffusionSteps).Select(i => first + (i * (last - first) / (DiffusionSteps - 1)));

    /// <summary>Ascending. With k = steps − j, ᾱ_k ∝ cos²(π/2·(k/1000 + .008)/1.008) = sin²(π/2·j/1008), and 1 − β is at least .001.</summary>
    private static IEnumerable<double> CosineLevels()
    {
        double level = 0;
        for (int j = DiffusionSteps - 1; j >= 0; j--)
        {
            level = Math.Sqrt((((level * level) + 1) / Math.Max(AlphaBar(j) / AlphaBar(j + 1), 0.001)) - 1);
            yield return level;
        }

        static double AlphaBar(int j)
        {
            double sine = Math.Sin(Math.PI / 2 * j / 1008);
            return sine * sine;
        }
    }
}
