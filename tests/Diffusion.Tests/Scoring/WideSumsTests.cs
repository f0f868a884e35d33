using Sjc.Diffusion.Guidance;
using Sjc.Diffusion.Scoring;

namespace Sjc.Diffusion.Tests.Scoring;

public sealed class WideSumsTests
{
    [Theory]
    [InlineData(1.0, double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(7.5, double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(-0.3, -0.5, 0.25)]
    public void Add_AnyLength_HasTheBitsOfOneValueAtATime(double scale, double min, double max)
    {
        Random random = new(3);
        for (int length = 0; length < 40; length++)
        {
            (float[] conditional, float[] negative, float[] origin) = (Floats(random, length), Floats(random, length), Floats(random, length));
            double[] sum = Doubles(random, length);
            double[] difference = Doubles(random, length);
            double[] values = [.. conditional.Zip(negative, (one, other) => Math.Clamp(ClassifierFreeGuidance.Combine(one, other, scale), min, max))];
            double[] expectedSum = [.. sum.Zip(values, (before, value) => before + value)];
            double[] expectedDifference = [.. difference.Select((before, i) => before + (values[i] - origin[i]))];

            WideSums.Add(conditional, negative, scale, min, max, origin, sum, difference);

            Assert.Equal(expectedSum, sum);
            Assert.Equal(expectedDifference, difference);
        }
    }

    [Fact]
    public void Divide_AnyLength_RoundsEachQuotientOnce()
    {
        Random random = new(4);
        for (int length = 0; length < 40; length++)
        {
            double[] values = Doubles(random, length);
            float[] quotients = new float[length];

            WideSums.Divide(values, 0.7, quotients);

            Assert.Equal(values.Select(value => (float)(value / 0.7)), quotients);
        }
    }

    [Fact]
    public void Add_NotANumber_StaysOne()
    {
        double[] sum = new double[9];
        WideSums.Add([.. Enumerable.Repeat(float.NaN, 9)], new float[9], 2, -1, 1, new float[9], sum, new double[9]);
        Assert.All(sum, value => Assert.True(double.IsNaN(value)));
    }

    private static float[] Floats(Random random, int length) => [.. Doubles(random, length).Select(value => (float)value)];

    private static double[] Doubles(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextDouble()) - 1)];
}
