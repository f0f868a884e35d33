namespace Sjc.Diffusion.Sampling;

/// <summary>dx/dt of an ordinary differential equation.</summary>
/// <param name="time">t.</param>
/// <param name="state">x.</param>
/// <param name="slope">Receives dx/dt.</param>
public delegate void SlopeFunction(double time, ReadOnlySpan<double> state, Span<double> slope);

/// <summary>Told of each accepted step of the solver.</summary>
/// <param name="stepIndex">From 0.</param>
/// <param name="from">t at its start.</param>
/// <param name="to">t at its end.</param>
/// <param name="state">x at its end; valid during the call.</param>
/// <param name="slope">dx/dt at its end; valid during the call.</param>
internal delegate void SolverProgress(int stepIndex, double from, double to, ReadOnlySpan<double> state, ReadOnlySpan<double> slope);

/// <summary>The embedded Runge–Kutta pair of orders 5 and 4 of Dormand and Prince (1980), with the step chosen from the difference of the two.</summary>
internal sealed class DormandPrince(SlopeFunction slope, SolverOptions options)
{
    private const double Safety = 0.9;
    private const double LeastFactor = 0.2;
    private const double GreatestFactor = 5;
    private const int Stages = 7;

    /// <summary>The stages' times.</summary>
    private static readonly double[] Nodes = [0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1];

    /// <summary>The stages' weights of earlier slopes; the last row is the solution of order 5.</summary>
    private static readonly double[][] Weights =
    [
        [],
        [1.0 / 5],
        [3.0 / 40, 9.0 / 40],
        [44.0 / 45, -56.0 / 15, 32.0 / 9],
        [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
        [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
        [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
    ];

    /// <summary>Order 5 less order 4.</summary>
    private static readonly double[] ErrorWeights = [71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40];

    /// <summary>Integrates from one time to another, in either direction.</summary>
    /// <param name="start">t of <paramref name="state"/>.</param>
    /// <param name="end">Where to.</param>
    /// <param name="state">x, changed in place.</param>
    /// <param name="progress">Told of each accepted step.</param>
    /// <param name="cancellationToken">Checked before each trial.</param>
    /// <returns>Evaluations of the slope.</returns>
    public int Integrate(double start, double end, Span<double> state, SolverProgress? progress, CancellationToken cancellationToken)
    {
        double[][] slopes = [.. Enumerable.Range(0, Stages).Select(_ => new double[options.Length])];
        double[] trial = new double[options.Length];
        double time = start;
        double step = (end - start) / options.FirstSteps;
        double leastStep = Math.Abs(end - start) / options.MaxSteps;
        slope(time, state, slopes[0]);
        int evaluations = 1;
        for (int stepIndex = 0; time != end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isLast = Math.Abs(end - time) <= Math.Abs(step);
            step = isLast ? end - time : step;
            Try(time, step, state, slopes, trial);
            evaluations += Stages - 1;
            double error = Error(step, state, trial, slopes);

            // A step of the least size is taken whatever its error, which bounds the work; NaN counts as too great an error.
            if (error <= 1 || Math.Abs(step) <= leastStep)
            {
                double from = time;
                time = isLast ? end : time + step;
                trial.CopyTo(state);
                (slopes[0], slopes[^1]) = (slopes[^1], slopes[0]); // The last stage is the first of the next step.
                progress?.Invoke(stepIndex++, from, time, state, slopes[0]);
            }

            double factor = error > 0 ? Math.Clamp(Safety * Math.Pow(error, -0.2), LeastFactor, GreatestFactor) : error == 0 ? GreatestFactor : LeastFactor;
            step = Math.CopySign(Math.Max(Math.Abs(step) * factor, leastStep), end - start);
        }

        return evaluations;
    }

    private void Try(double time, double step, ReadOnlySpan<double> state, double[][] slopes, double[] trial)
    {
        for (int stage = 1; stage < Stages; stage++)
        {
            state.CopyTo(trial);
            for (int earlier = 0; earlier < stage; earlier++)
            {
                double weight = step * Weights[stage][earlier];
                double[] k = slopes[earlier];
                for (int i = 0; i < trial.Length; i++)
                {
                    trial[i] += weight * k[i];
                }
            }

            slope(time + (Nodes[stage] * step), trial, slopes[stage]);
        }
    }

    /// <summary>The greatest root mean square, over blocks, of the error in units of what is tolerated; 1 is just accepted.</summary>
    private double Error(double step, ReadOnlySpan<double> state, ReadOnlySpan<double> trial, double[][] slopes)
    {
        double greatest = 0;
        int start = 0;
        foreach (int length in options.Blocks)
        {
            double sum = 0;
            for (int i = start; i < start + length; i++)
            {
                double error = 0;
                for (int stage = 0; stage < Stages; stage++)
                {
                    error += ErrorWeights[stage] * slopes[stage][i];
                }

                error *= step / (options.AbsoluteTolerance + (options.RelativeTolerance * Math.Max(Math.Abs(state[i]), Math.Abs(trial[i]))));
                sum += error * error;
            }

            greatest = Math.Max(greatest, Math.Sqrt(sum / length));
            start += length;
        }

        return greatest;
    }
}
