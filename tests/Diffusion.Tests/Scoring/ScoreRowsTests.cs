using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Scoring;
using Sjc.Numerics;

namespace Sjc.Diffusion.Tests.Scoring;

public sealed class ScoreRowsTests
{
    private static readonly int Size = TestModels.Shape.ElementCount;

    [Theory]
    [InlineData(1, 1, 1.0, 1)]
    [InlineData(3, 1, 1.0, 3)]
    [InlineData(3, 4, 1.0, 12)]
    [InlineData(3, 4, 2.5, 24)]
    [InlineData(1, 1, 0.0, 2)]
    public void RowCount_ImagesDrawsGuidance_Multiply(int images, int draws, double scale, int expected)
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        Assert.Equal(expected, ScoreRows.RowCount(Query(denoiser, images, new ScoreEstimator.PerturbAndAverage(draws, 1, 2), scale)));
    }

    [Fact]
    public void WriteRow_PerturbAndAverage_AddsTheDocumentedNoise()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        ScoreQuery query = Query(denoiser, 2, new ScoreEstimator.PerturbAndAverage(3, 11, 22), 2);
        float[] noisy = new float[Size];
        float[] noise = new float[Size];
        for (int row = 0; row < 12; row++)
        {
            int draw = row / 2;
            int image = draw / 3;
            (double sigma, Condition condition) = ScoreRows.WriteRow(query, row, noisy);
            new RandomKey(11, RandomStream.ScoreNoise, 22, (uint)draw).FillNormal(noise);
            Assert.Equal(Enumerable.Range(0, Size).Select(i => (float)(query.Images[(image * Size) + i] + (sigma * noise[i]))), noisy);
            Assert.Equal(query.Sigmas[image], sigma);
            Assert.Same(row % 2 == 0 ? query.Conditions[image] : query.NegativeConditions[image], condition);
        }
    }

    [Fact]
    public void WriteRow_Direct_CopiesTheImage()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        ScoreQuery query = Query(denoiser, 2, new ScoreEstimator.Direct(), 1);
        float[] noisy = new float[Size];
        ScoreRows.WriteRow(query, 1, noisy);
        Assert.Equal(query.Images[Size..], noisy);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Evaluate_PerturbAndAverage_MatchesTheAnalyticMean(bool varianceReduction)
    {
        // PAAS by its definition: the mean over the same draws of (D − x)/σ², or of (D − x − σn)/σ², with D from explicit sums
        // over the two pictures of a red car.
        using ExactDenoiser denoiser = TestModels.Exact();
        const int Draws = 16;
        ScoreQuery query = Query(denoiser, 2, new ScoreEstimator.PerturbAndAverage(Draws, 5, 6, varianceReduction), 1);
        ScoreResult result = ScoreEvaluation.Evaluate(denoiser, query);
        for (int image = 0; image < 2; image++)
        {
            double sigma = query.Sigmas[image];
            double[] score = new double[Size];
            for (int draw = 0; draw < Draws; draw++)
            {
                float[] noise = new float[Size];
                new RandomKey(5, RandomStream.ScoreNoise, 6, (uint)((image * Draws) + draw)).FillNormal(noise);
                double[] noisy = [.. noise.Select((n, i) => query.Images[(image * Size) + i] + (sigma * n))];
                double[] denoised = TestModels.DenoiseByDefinition(TestModels.Pictures()[..2], noisy, sigma);
                for (int i = 0; i < Size; i++)
                {
                    double origin = varianceReduction ? query.Images[(image * Size) + i] : noisy[i];
                    score[i] += (denoised[i] - origin) / (Draws * sigma * sigma);
                }
            }

            // The rows are rounded to float32: 1e-6 of values near 3, divided by σ² ≥ .25.
            Assert.All(Enumerable.Range(0, Size), i => Assert.Equal(score[i], result.Score[(image * Size) + i], 1e-5));
            Assert.All(Enumerable.Range(0, Size), i => Assert.Equal(result.Score[(image * Size) + i] * sigma, result.Gradient[(image * Size) + i], 1e-5));
        }
    }

    [Fact]
    public void Evaluate_VarianceReduction_LeavesTheMeanAndShrinksTheSpread()
    {
        // Eq. 16's dropped term −n/σ has mean 0: over many draws both estimates agree, and one draw of the reduced one varies less.
        using ExactDenoiser denoiser = TestModels.Exact();
        double[] with = Spread(denoiser, varianceReduction: true, out double meanWith);
        double[] without = Spread(denoiser, varianceReduction: false, out double meanWithout);
        Assert.True(with.Sum() < without.Sum() / 2, $"{with.Sum()} against {without.Sum()}");

        // 5 standard errors of 500 draws of a term with standard deviation 1 (σ times the score), averaged over the image's values.
        Assert.Equal(meanWith, meanWithout, 5 / Math.Sqrt(500.0 * Size));
    }

    [Fact]
    public void Combine_Guided_ExtrapolatesFromTheNegativeCondition()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        ScoreQuery query = Query(denoiser, 2, new ScoreEstimator.Direct(), 2.5);
        ScoreResult guided = ScoreEvaluation.Evaluate(denoiser, query);
        float[] conditional = ScoreEvaluation.Evaluate(denoiser, Query(denoiser, 2, new ScoreEstimator.Direct(), 1)).Denoised;
        float[] negative = ScoreEvaluation.Evaluate(denoiser, Query(denoiser, 2, new ScoreEstimator.Direct(), 0)).Denoised;
        Assert.All(Enumerable.Range(0, 2 * Size), i => Assert.Equal(negative[i] + (2.5 * (conditional[i] - negative[i])), guided.Denoised[i], 1e-5));
    }

    [Fact]
    public void Combine_Clamped_ClampsTheGuidedDenoisedAndTheScoreFollows()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        ScoreQuery free = Query(denoiser, 2, new ScoreEstimator.Direct(), 9);
        ScoreQuery clamped = new(free.DataShape, free.Images, free.Sigmas, free.Conditions)
        {
            NegativeConditions = free.NegativeConditions,
            GuidanceScale = 9,
            ClampDenoised = (-1, 1),
        };
        ScoreResult expected = ScoreEvaluation.Evaluate(denoiser, free);
        ScoreResult actual = ScoreEvaluation.Evaluate(denoiser, clamped);
        Assert.Contains(expected.Denoised, value => Math.Abs(value) > 1);
        Assert.Equal(expected.Denoised.Select(value => Math.Clamp(value, -1, 1)), actual.Denoised);
        Assert.All(Enumerable.Range(0, Size), i => Assert.Equal((actual.Denoised[i] - free.Images[i]) / free.Sigmas[0], actual.Gradient[i], 1e-5));
    }

    [Fact]
    public void WriteRow_OutOfRange_Throws()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        ScoreQuery query = Query(denoiser, 1, new ScoreEstimator.Direct(), 1);
        Assert.Throws<ArgumentException>(() => ScoreRows.WriteRow(query, 1, new float[Size]));
        Assert.Throws<ArgumentException>(() => ScoreRows.WriteRow(query, 0, new float[Size + 1]));
        Assert.Throws<ArgumentException>(() => ScoreRows.Combine(query, new float[Size - 1]));
        Assert.Throws<ArgumentException>(() => ScoreRows.WriteRow(new ScoreQuery(query.DataShape, query.Images, query.Sigmas, query.Conditions) { GuidanceScale = 2 }, 0, new float[Size]));
    }

    [Fact]
    public void ScoreQuery_BadCounts_Throws()
    {
        using ExactDenoiser denoiser = TestModels.Exact();
        Condition[] one = [denoiser.Unconditional];
        Assert.Throws<ArgumentException>(() => new ScoreQuery(TestModels.Shape, new float[Size + 1], [1], one));
        Assert.Throws<ArgumentException>(() => new ScoreQuery(TestModels.Shape, new float[Size], [1, 1], one));
        Assert.Throws<ArgumentException>(() => new ScoreQuery(TestModels.Shape, new float[Size], [1], []));
        Assert.Throws<ArgumentException>(() => new ScoreQuery(TestModels.Shape, new float[Size], [0], one));
        Assert.Throws<ArgumentException>(() => new ScoreQuery(TestModels.Shape, new float[Size], [double.NaN], one));
        Assert.Throws<ArgumentException>(() => new ScoreQuery(TestModels.Shape, new float[Size], [1], one) { GuidanceScale = double.NaN });
        Assert.Throws<ArgumentException>(() => new ScoreEstimator.PerturbAndAverage(0, 1, 1));
        Assert.Throws<ArgumentException>(() => new ScoreEstimator.PerturbAndAverage(65, 1, 1));
    }

    /// <summary>Variance of each value of σ · score over 500 single draws, and the mean over draws and values.</summary>
    private static double[] Spread(ExactDenoiser denoiser, bool varianceReduction, out double mean)
    {
        const int Draws = 500;
        double[][] gradients = new double[Draws][];
        for (uint draw = 0; draw < Draws; draw++)
        {
            ScoreQuery query = Query(denoiser, 1, new ScoreEstimator.PerturbAndAverage(1, 7, draw, varianceReduction), 1);
            gradients[draw] = [.. ScoreEvaluation.Evaluate(denoiser, query).Gradient.Select(value => (double)value)];
        }

        mean = gradients.Average(gradient => gradient.Average());
        return [.. Enumerable.Range(0, Size).Select(i =>
        {
            double average = gradients.Average(gradient => gradient[i]);
            return gradients.Average(gradient => (gradient[i] - average) * (gradient[i] - average));
        })];
    }

    private static ScoreQuery Query(ExactDenoiser denoiser, int images, ScoreEstimator estimator, double scale)
    {
        Condition condition = denoiser.EncodePrompt("red car").Condition;
        return new ScoreQuery(
            TestModels.Shape,
            [.. Enumerable.Range(0, images).SelectMany(image => TestModels.Uniform((uint)(100 + image), Size))],
            [.. Enumerable.Range(0, images).Select(image => 0.5 + image)],
            [.. Enumerable.Repeat(condition, images)])
        {
            NegativeConditions = [.. Enumerable.Repeat(denoiser.Unconditional, images)],
            Estimator = estimator,
            GuidanceScale = scale,
        };
    }
}
