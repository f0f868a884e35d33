using System.Diagnostics;
using Sjc.Diffusion;
using Sjc.Diffusion.Networks;
using static TorchSharp.torch;

namespace Sjc.Benchmarks.Scoring;

/// <summary>The shipped network without a server: arrays in, arrays out, as a scorer's device thread calls it.</summary>
internal sealed class BareNetwork : IDisposable
{
    private readonly ShapesDenoiser _denoiser;
    private readonly Condition _condition;

    public BareNetwork(int threads)
    {
        TorchRuntime.Initialize(threads);
        _denoiser = ShapeModels.Network("", "cpu");
        _condition = _denoiser.EncodePrompt(Prompt).Condition;
    }

    /// <summary>A prompt that the model knows.</summary>
    public static string Prompt => "red car";

    /// <summary>Of one image.</summary>
    public DataShape Shape => _denoiser.Description.DataShape;

    /// <summary>Median time of a pass, seconds; the first one is not counted.</summary>
    public double Measure(int rows, int minPasses, TimeSpan duration, CancellationToken cancellationToken)
    {
        List<double> times = [];
        Pass(rows);
        long start = Stopwatch.GetTimestamp();
        while (times.Count < minPasses || Stopwatch.GetElapsedTime(start) < duration)
        {
            cancellationToken.ThrowIfCancellationRequested();
            times.Add(Pass(rows).TotalSeconds);
        }

        return Statistics.Median(times);
    }

    /// <summary>One pass.</summary>
    public TimeSpan Pass(int rows)
    {
        float[] values = new float[rows * Shape.ElementCount];
        double[] sigmas = new double[rows];
        Array.Fill(sigmas, 1.0);
        Condition[] conditions = new Condition[rows];
        Array.Fill(conditions, _condition);
        long start = Stopwatch.GetTimestamp();
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor noisy = tensor(values, [rows, Shape.Channels, Shape.Height, Shape.Width]);
        _denoiser.Denoise(noisy, sigmas, conditions).contiguous().data<float>().CopyTo(values);
        return Stopwatch.GetElapsedTime(start);
    }

    public void Dispose() => _denoiser.Dispose();
}
