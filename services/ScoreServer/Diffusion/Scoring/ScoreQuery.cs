namespace Sjc.Diffusion.Scoring;

/// <summary>One request for scores: images with their noise levels and conditions, and how to estimate.</summary>
/// <remarks>Treated as immutable: the arrays belong to the query once it is made.</remarks>
public sealed class ScoreQuery
{
    /// <summary>A checked query.</summary>
    /// <param name="dataShape">Of one image.</param>
    /// <param name="images">x, [n, c, h, w].</param>
    /// <param name="sigmas">σ &gt; 0 of each image, [n], snapped to the model's ladder.</param>
    /// <param name="conditions">Of each image, [n].</param>
    /// <exception cref="ArgumentException">A count differs, or a noise level is not positive and finite.</exception>
    public ScoreQuery(DataShape dataShape, float[] images, double[] sigmas, IReadOnlyList<Condition> conditions)
    {
        if (images.Length == 0 || images.Length % dataShape.ElementCount != 0)
        {
            throw new ArgumentException($"{nameof(images)} must hold a multiple of {dataShape.ElementCount} values ({dataShape}), but holds {images.Length}.", nameof(images));
        }

        int count = images.Length / dataShape.ElementCount;
        RequireCount(count, sigmas.Length, nameof(sigmas));
        RequireCount(count, conditions.Count, nameof(conditions));
        foreach (double sigma in sigmas)
        {
            if (!(sigma > 0 && double.IsFinite(sigma)))
            {
                throw new ArgumentException($"{nameof(sigmas)} must be positive and finite, but hold {sigma}.", nameof(sigmas));
            }
        }

        DataShape = dataShape;
        Images = images;
        Sigmas = sigmas;
        Conditions = conditions;
    }

    /// <summary>Of one image.</summary>
    public DataShape DataShape { get; }

    /// <summary>x, [n, c, h, w].</summary>
    public float[] Images { get; }

    /// <summary>σ of each image, [n].</summary>
    public double[] Sigmas { get; }

    /// <summary>Of each image, [n].</summary>
    public IReadOnlyList<Condition> Conditions { get; }

    /// <summary>What guidance leads away from, [n]: the unconditional or a negative prompt's condition. Needed where guidance is on.</summary>
    public IReadOnlyList<Condition> NegativeConditions
    {
        get;
        init
        {
            RequireCount(ImageCount, value.Count, nameof(NegativeConditions));
            field = value;
        }
    } = [];

    /// <summary>s of D = D_negative + s (D_condition − D_negative); 1: the condition alone.</summary>
    public double GuidanceScale
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentException($"{nameof(GuidanceScale)} must be finite, but is {value}.", nameof(value));
    } = 1;

    /// <summary>How to estimate.</summary>
    public ScoreEstimator Estimator { get; init; } = new ScoreEstimator.Direct();

    /// <summary>Range to which the guided D is clamped; null: none.</summary>
    public (float Min, float Max)? ClampDenoised { get; init; }

    /// <summary>n.</summary>
    public int ImageCount => Images.Length / DataShape.ElementCount;

    /// <summary>m: 1 for the direct estimator.</summary>
    public int Draws => (Estimator as ScoreEstimator.PerturbAndAverage)?.Draws ?? 1;

    /// <summary>Whether each draw takes two rows of the network.</summary>
    public bool IsGuided => GuidanceScale != 1;

    private static void RequireCount(int expected, int actual, string name)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{name} must have one entry an image ({expected}), but has {actual}.", name);
        }
    }
}
