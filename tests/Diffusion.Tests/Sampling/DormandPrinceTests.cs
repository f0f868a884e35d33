using Sjc.Diffusion.Sampling;

namespace Sjc.Diffusion.Tests.Sampling;

public sealed class DormandPrinceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>In steps of one size, half the size leaves a thirty-second of the error.</summary>
    [Fact]
    public void Integrate_HalfTheStep_ErrorFallsWithTheFifthPower()
    {
        double[] errors = [.. new[] { 10, 20 }.Select(steps =>
        {
            (double x, double velocity) = Swing(steps, 1e-300, 0, 2);
            return Math.Sqrt(Math.Pow(x - Math.Cos(2), 2) + Math.Pow(velocity + Math.Sin(2), 2));
        })];

        Assert.InRange(errors[0] / errors[1], 25, 40);
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1e-8)]
    public void Integrate_Tolerance_BoundsTheError(double tolerance)
    {
        Assert.Equal(Math.Cos(6), Swing(100_000, tolerance, 0, 6).X, 20 * tolerance);
        Assert.Equal(1, Swing(100_000, tolerance, 6, 0, Math.Cos(6), -Math.Sin(6)).X, 20 * tolerance);
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

    /// <summary>cos and its slope from x'' = −x.</summary>
    private static (double X, double Velocity) Swing(int mostSteps, double tolerance, double start, double end, double x = 1, double velocity = 0)
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
        return (state[0], state[1]);
    }
}
