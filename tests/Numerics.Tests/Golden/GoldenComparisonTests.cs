using Sjc.Golden;

namespace Sjc.Numerics.Tests.Golden;

/// <summary>The comparison that golden tests rest on tells right from wrong.</summary>
public sealed class GoldenComparisonTests
{
    [Fact]
    public void Mismatch_WithinTolerance_IsNull() => Assert.Null(GoldenComparison.Mismatch("x", [1, double.NaN], [1.05, double.NaN], _ => 0.1, 0.05));

    [Theory]
    [InlineData(1.2, 2)]           // beyond the tolerance
    [InlineData(double.NaN, 2)]    // NaN for a number
    [InlineData(1.0, double.NaN)]  // NaN for another number
    public void Mismatch_BeyondTolerance_NamesTensorAndValues(double first, double second)
    {
        string? mismatch = GoldenComparison.Mismatch("case/x", [1, 2], [first, second], _ => 0.1);
        Assert.NotNull(mismatch);
        Assert.Contains("case/x[", mismatch, StringComparison.Ordinal);
    }

    [Fact]
    public void Mismatch_NumberForNaN_IsReported() => Assert.NotNull(GoldenComparison.Mismatch("x", [double.NaN], [1], _ => 0.1));

    [Fact]
    public void Mismatch_OtherLength_IsReported() => Assert.NotNull(GoldenComparison.Mismatch("x", [1, 2], [1], _ => 0.1));

    [Fact]
    public void Mismatch_RmsBeyondBound_IsReported() => Assert.NotNull(GoldenComparison.Mismatch("x", [1, 1], [1.09, 1.09], _ => 0.1, 0.05));
}
