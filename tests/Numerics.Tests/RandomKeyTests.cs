namespace Sjc.Numerics.Tests;

public sealed class RandomKeyTests
{
    private const int SampleCount = 200_000;

    // Standard errors of a moment's estimate that a seeded sample must stay within; a right generator leaves it in one seed of two million.
    private const double StandardErrors = 5;

    private static readonly RandomKey Key = new(0x0123456789ABCDEF, RandomStream.ScoreNoise, 7, 3);

    [Fact]
    public void FillUniform_ManyValues_HasMomentsAndRangeOfTheUniformDistribution()
    {
        float[] values = new float[SampleCount];
        Key.FillUniform(values);
        Assert.All(values, value => Assert.InRange(value, 0f, 1f - (1f / (1 << 24))));
        RequireMean(values.Select(value => (double)value), 0.5, Math.Sqrt(1.0 / 12));
        RequireMean(values.Select(value => (value - 0.5) * (value - 0.5)), 1.0 / 12, Math.Sqrt(1.0 / 180));
    }

    [Fact]
    public void FillUniform_ManyValues_FillsSixteenCellsEvenly()
    {
        float[] values = new float[SampleCount];
        Key.FillUniform(values);
        double expected = SampleCount / 16.0;
        double chiSquared = values.GroupBy(value => (int)(value * 16)).Sum(cell => (cell.Count() - expected) * (cell.Count() - expected) / expected);

        // χ² with 15 degrees of freedom: mean 15, standard deviation √30.
        Assert.InRange(chiSquared, 0, 15 + (StandardErrors * Math.Sqrt(30)));
    }

    [Fact]
    public void FillNormal_ManyValues_HasFourMomentsOfTheStandardNormal()
    {
        float[] values = new float[SampleCount];
        Key.FillNormal(values);
        Assert.All(values, value => Assert.True(float.IsFinite(value)));
        RequireMean(values.Select(value => (double)value), 0, 1);
        RequireMean(values.Select(value => Math.Pow(value, 2)), 1, Math.Sqrt(2));
        RequireMean(values.Select(value => Math.Pow(value, 3)), 0, Math.Sqrt(15));
        RequireMean(values.Select(value => Math.Pow(value, 4)), 3, Math.Sqrt(96));
    }

    [Fact]
    public void FillNormal_Blocks_AreBoxMullerOfThePhiloxWords()
    {
        float[] values = new float[4 * 1023];
        Key.FillNormal(values);
        float[] expected = [.. Enumerable.Range(0, values.Length / 4).SelectMany(block =>
        {
            (uint a, uint b, uint c, uint d) = Philox.Block((uint)block, Key.Index, Key.Iteration, (uint)Key.Stream, 0x89ABCDEF, 0x01234567);
            return new[] { (a, b), (c, d) }.SelectMany(pair =>
            {
                double radius = Math.Sqrt(-2 * Math.Log((pair.Item1 + 0.5) / 4294967296.0));
                double angle = 2 * Math.PI * (pair.Item2 + 0.5) / 4294967296.0;
                return new[] { (float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle)) };
            });
        })];
        for (int i = 0; i < values.Length; i++)
        {
            // A unit in the last place: the angle is rounded in another order here.
            Assert.Equal(expected[i], values[i], 1e-6f);
        }
    }

    [Fact]
    public void FillUniform_FirstBlock_IsUpperBitsOfThePhiloxWords()
    {
        float[] values = new float[4];
        Key.FillUniform(values);
        (uint a, uint b, uint c, uint d) = Philox.Block(0, Key.Index, Key.Iteration, (uint)Key.Stream, 0x89ABCDEF, 0x01234567);
        Assert.Equal(new[] { a, b, c, d }.Select(word => (word >> 8) / 16777216f), values);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(1022)]
    public void Fill_ShorterSpan_IsPrefixOfTheSequence(int length)
    {
        float[] all = new float[1024];
        float[] some = new float[length];
        Key.FillNormal(all);
        Key.FillNormal(some);
        Assert.Equal(all[..length], some);
        Key.FillUniform(all);
        Key.FillUniform(some);
        Assert.Equal(all[..length], some);
    }

    public static TheoryData<RandomKey> NeighbouringKeys =>
    [
        Key with { Seed = Key.Seed + 1 },
        Key with { Seed = Key.Seed ^ (1UL << 63) },
        Key with { Stream = RandomStream.View },
        Key with { Iteration = Key.Iteration + 1 },
        Key with { Index = Key.Index + 1 },
    ];

    [Theory]
    [MemberData(nameof(NeighbouringKeys))]
    public void FillNormal_NeighbouringKeys_AreUncorrelated(RandomKey other)
    {
        float[] values = new float[SampleCount];
        float[] others = new float[SampleCount];
        Key.FillNormal(values);
        other.FillNormal(others);
        RequireMean(values.Zip(others, (a, b) => (double)a * b), 0, 1);
        RequireMean(values.Zip(others, (a, b) => ((double)a * a - 1) * ((double)b * b - 1)), 0, 2);
    }

    [Fact]
    public void FillNormal_SuccessiveValues_AreUncorrelated()
    {
        float[] values = new float[SampleCount];
        Key.FillNormal(values);
        for (int lag = 1; lag <= 4; lag++)
        {
            RequireMean(values.Skip(lag).Zip(values, (a, b) => (double)a * b), 0, 1);
        }
    }

    [Fact]
    public void UniformDouble_ManyPositions_HasMomentsAndRangeOfTheUniformDistribution()
    {
        double[] values = [.. Enumerable.Range(0, SampleCount).Select(position => Key.UniformDouble((uint)position))];
        Assert.All(values, value => Assert.True(value is >= 0 and < 1));
        Assert.Equal(SampleCount, values.Distinct().Count());
        RequireMean(values, 0.5, Math.Sqrt(1.0 / 12));
        RequireMean(values.Skip(1).Zip(values, (a, b) => (a - 0.5) * (b - 0.5)), 0, 1.0 / 12);
    }

    [Fact]
    public void UniformInteger_ManyPositions_CoversTheRangeEvenly()
    {
        int[] counts = new int[7];
        for (uint position = 0; position < SampleCount; position++)
        {
            counts[Key.UniformInteger(position, counts.Length)]++;
        }

        double expected = SampleCount / 7.0;
        Assert.All(counts, count => Assert.InRange(count, expected - (StandardErrors * Math.Sqrt(expected)), expected + (StandardErrors * Math.Sqrt(expected))));
    }

    [Fact]
    public void UniformInteger_NoRange_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Key.UniformInteger(0, 0));

    private static void RequireMean(IEnumerable<double> values, double mean, double standardDeviation)
    {
        double bound = StandardErrors * standardDeviation / Math.Sqrt(SampleCount);
        Assert.InRange(values.Average(), mean - bound, mean + bound);
    }
}
