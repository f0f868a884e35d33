using Sjc.Diffusion.Sampling;

namespace Sjc.Diffusion.Tests.Sampling;

public sealed class DormandPrinceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>In steps of one size, half the size leaves a thirty-second of the error.</summary>
    [Fact]
    public void Integrate_HalfTheStep_ErrorFallsWithTheFifthPower()
    {
        double coarse = Math.Abs(Swing(10, 1e-300, 0, 2) - Math.Cos(2));
        double fine = Math.Abs(Swing(20, 1e-300, 0, 2) - Math.Cos(2));

        Assert.InRange(coarse / fine, 25, 40);
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1e-8)]
    public void Integrate_Tolerance_BoundsTheError(double tolerance)
    {
        Assert.Equal(Math.Cos(6), Swing(100_000, tolerance, 0, 6), 20 * tolerance);
        Assert.Equal(1, Swing(100_000, tolerance, 6, 0, Math.Cos(6), -Math.Sin(6)), 20 * tolerance);
    }

    [Fact]
    public void Integrate_StiffEquation_TakesNoMoreStepsThanItMay()
    {
        int steps = 0;
        double[] state = [1];
        DormandPrince solver = new((_, x, slope) => slope[0] = double.NaN, new SolverOptions { Blocks = [1], AbsoluteTolerance = 1, RelativeTolerance = 1, MaxSteps = 50 });

        solver.Integrate(0, 1, state, (_, _, _, _, _) => steps++, Cancellation);

        Assert.InRange(steps, 1, 51);
    }

    /// <summary>cos from x'' = −x.</summary>
    private static double Swing(int mostSteps, double tolerance, double start, double end, double x = 1, double velocity = 0)
    {
        double[] state = [x, velocity];
        SolverOptions options = new() { Blocks = [2], AbsoluteTolerance = tolerance, RelativeTolerance = tolerance, MaxSteps = mostSteps, FirstSteps = mostSteps };
        new DormandPrince(
            (_, at, slope) =>
            {
                slope[0] = at[1];
                slope[1] = -at[0];
            },
            options).Integrate(start, end, state, progress: null, Cancellation);
        return state[0];
    }
}
