using System.Diagnostics;
using Sjc.Diffusion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Benchmarks.Networks;

/// <summary>What the networks chose against what they could have chosen, in the sizes of SD 1.5: pixels with their channels side by side against planes of
/// channels, and libtorch's fused attention against products and softmax one by one.</summary>
public static class KernelChoiceBenchmark
{
    private const int Rows = 2;
    private const int Heads = 8;

    /// <summary>Pixels across and channels of the UNet's levels.</summary>
    private static readonly (int Size, int Channels)[] Levels = [(64, 320), (32, 640), (16, 1280), (8, 1280)];

    /// <summary>Runs both choices by turns; ratios over 1 speak for the networks' own.</summary>
    /// <param name="rounds">Repetitions of each, of which the median counts.</param>
    /// <param name="cancellationToken">Stops between kernels.</param>
    public static IEnumerable<UNetFigure> Run(int rounds, CancellationToken cancellationToken)
    {
        TorchRuntime.Initialize();
        foreach ((int size, int channels) in Levels)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string convolution = $"convolution {channels} at {size}×{size}";
            (double last, double planes) = Convolutions(size, channels, rounds);
            yield return new(convolution, "time", last, "s");
            yield return new(convolution, "channels_last_speedup", planes / last, string.Empty);

            string attention = $"attention {channels} at {size}×{size}";
            (double fused, double apart) = Attentions(size * size, channels / Heads, rounds);
            yield return new(attention, "time", fused, "s");
            yield return new(attention, "fused_attention_speedup", apart / fused, string.Empty);
        }
    }

    private static (double ChannelsLast, double Planes) Convolutions(int size, int channels, int rounds)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = inference_mode();
        Tensor planes = randn(Rows, channels, size, size);
        Tensor last = planes.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        Tensor weight = randn(channels, channels, 3, 3);
        Tensor bias = randn(channels);
        return ByTurns(rounds, () => functional.conv2d(last, weight, bias, padding: [1, 1]), () => functional.conv2d(planes, weight, bias, padding: [1, 1]));
    }

    private static (double Fused, double Apart) Attentions(int length, int width, int rounds)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = inference_mode();
        Tensor query = randn(Rows, Heads, length, width);
        Tensor key = randn(Rows, Heads, length, width);
        Tensor value = randn(Rows, Heads, length, width);
        double scale = 1 / Math.Sqrt(width);
        return ByTurns(
            rounds,
            () => functional.scaled_dot_product_attention(query, key, value),
            () => (query * scale).matmul(key.transpose(-2, -1)).softmax(-1).matmul(value));
    }

    /// <summary>Medians of two kernels that run by turns, after one turn that warms up.</summary>
    private static (double First, double Second) ByTurns(int rounds, Func<Tensor> first, Func<Tensor> second)
    {
        List<double> ones = [];
        List<double> others = [];
        for (int round = 0; round <= rounds; round++)
        {
            (double one, double other) = (Seconds(first), Seconds(second));
            if (round > 0)
            {
                ones.Add(one);
                others.Add(other);
            }
        }

        return (Statistics.Median(ones), Statistics.Median(others));
    }

    private static double Seconds(Func<Tensor> kernel)
    {
        using DisposeScope scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        kernel();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
