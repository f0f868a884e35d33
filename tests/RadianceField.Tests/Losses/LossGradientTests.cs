using Sjc.Numerics;
using Sjc.RadianceField.Losses;

namespace Sjc.RadianceField.Tests.Losses;

public sealed class LossGradientTests
{
    // Central differences of step h in double on float32 inputs: the error is O(h²) plus the input's rounding over h.
    private const float Step = 1e-3f;

    [Theory]
    [InlineData(1, 10)]
    [InlineData(40, 0)]
    [InlineData(40, 10)]
    public void EmptinessAdjoint_RandomWeights_MatchesCentralDifference(int count, double scale)
    {
        float[] weights = new float[count];
        new RandomKey(7, RandomStream.Pictures).FillUniform(weights);
        float[] gradient = new float[count];

        EmptinessLoss.Adjoint(weights, 100, scale, gradient);

        AssertCentralDifferences(weights, gradient, values => EmptinessLoss.Forward(values, 100, scale));
    }

    [Theory]
    [InlineData(16, 20)]
    [InlineData(15, 15)]
    public void CenterDepthAdjoint_DeepCentre_MatchesCentralDifference(int height, int width)
    {
        float[] depth = new float[height * width];
        new RandomKey(8, RandomStream.Pictures).FillUniform(depth);
        for (int row = CenterDepthLoss.Border; row < height - CenterDepthLoss.Border; row++)
        {
            for (int column = CenterDepthLoss.Border; column < width - CenterDepthLoss.Border; column++)
            {
                depth[(row * width) + column] += 3;
            }
        }

        float[] gradient = new float[depth.Length];
        (_, double difference) = CenterDepthLoss.Forward(depth, height, width, 10);

        CenterDepthLoss.Adjoint(difference, height, width, 10, gradient);

        AssertCentralDifferences(depth, gradient, values => CenterDepthLoss.Forward(values, height, width, 10).Loss);
    }

    [Fact]
    public void CenterDepth_CentreInFront_KeepsTheReferencesGradient()
    {
        float[] depth = new float[16 * 16];
        depth[(8 * 16) + 8] = -4;
        float[] gradient = new float[depth.Length];

        (double loss, double difference) = CenterDepthLoss.Forward(depth, 16, 16, 10);
        CenterDepthLoss.Adjoint(difference, 16, 16, 10, gradient);

        Assert.True(double.IsNaN(loss));
        Assert.Equal(-1, difference, 6);
        Assert.Equal(10f / 4, gradient[(8 * 16) + 8], 5);
    }

    [Fact]
    public void Adjoints_GradientsPresent_AddToThem()
    {
        float[] weights = [0.25f];
        float[] gradient = [5];

        EmptinessLoss.Adjoint(weights, 2, 4, gradient);

        Assert.Equal(5 + (2 * 4 / 2.0), gradient[0], 6);
    }

    private static void AssertCentralDifferences(float[] values, float[] gradient, Func<float[], double> loss)
    {
        for (int i = 0; i < values.Length; i++)
        {
            float kept = values[i];
            values[i] = kept + Step;
            double above = loss(values);
            float high = values[i];
            values[i] = kept - Step;
            double below = loss(values);
            double slope = (above - below) / (high - values[i]);
            values[i] = kept;
            Assert.True(Math.Abs(slope - gradient[i]) <= 1e-3 * Math.Max(1, Math.Abs(slope)), $"gradient[{i}] must be {slope:R}, but is {gradient[i]:R}.");
        }
    }
}
