using System.Diagnostics;
using System.Runtime.InteropServices;
using Sjc.Diffusion;
using Sjc.ScoreServer.Models;
using static TorchSharp.torch;

namespace Sjc.ScoreServer.Batching;

/// <summary>Takes rows through the network, on the thread of the model's device.</summary>
internal static class BatchRunner
{
    /// <summary>Denoises rows and writes D over them.</summary>
    /// <param name="slices">Of one model, at least one.</param>
    /// <param name="paddedRows">Rows of the pass: the first one is repeated where there are fewer.</param>
    public static BatchTiming Run(IReadOnlyList<BatchSlice<DenoiseWork>> slices, int paddedRows = 0)
    {
        LoadedModel model = slices[0].Item.Model;
        DataShape shape = model.Description.DataShape;
        int rows = Math.Max(paddedRows, slices.Sum(slice => slice.Count));
        long start = Stopwatch.GetTimestamp();
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor noisy = empty([rows, shape.Channels, shape.Height, shape.Width], dtype: float32);
        double[] sigmas = new double[rows];
        Condition[] conditions = new Condition[rows];
        Gather(slices, shape.ElementCount, MemoryMarshal.Cast<byte, float>(noisy.bytes), sigmas, conditions);
        Tensor input = noisy.to(model.Description.StateType).to(device(model.Description.Device));
        long launched = Stopwatch.GetTimestamp();
        Tensor denoised = model.Denoiser.Denoise(input, sigmas, conditions);
        Synchronize(denoised);
        long computed = Stopwatch.GetTimestamp();
        Scatter(slices, shape.ElementCount, MemoryMarshal.Cast<byte, float>(denoised.to(float32).cpu().contiguous().bytes));
        return new BatchTiming(Stopwatch.GetElapsedTime(start, launched) + Stopwatch.GetElapsedTime(computed), Stopwatch.GetElapsedTime(launched, computed));
    }

    /// <summary>A GPU computes behind the caller's back.</summary>
    private static void Synchronize(Tensor tensor)
    {
        if (tensor.device.type == TorchSharp.DeviceType.CUDA)
        {
            cuda.synchronize(tensor.device);
        }
    }

    private static void Gather(IReadOnlyList<BatchSlice<DenoiseWork>> slices, int size, Span<float> rows, Span<double> sigmas, Span<Condition> conditions)
    {
        int row = 0;
        foreach (BatchSlice<DenoiseWork> slice in slices)
        {
            slice.Item.Values.AsSpan(slice.FirstRow * size, slice.Count * size).CopyTo(rows[(row * size)..]);
            slice.Item.Sigmas.AsSpan(slice.FirstRow, slice.Count).CopyTo(sigmas[row..]);
            slice.Item.Conditions.AsSpan(slice.FirstRow, slice.Count).CopyTo(conditions[row..]);
            row += slice.Count;
        }

        for (; row < sigmas.Length; row++)
        {
            rows[..size].CopyTo(rows[(row * size)..]);
            (sigmas[row], conditions[row]) = (sigmas[0], conditions[0]);
        }
    }

    private static void Scatter(IReadOnlyList<BatchSlice<DenoiseWork>> slices, int size, ReadOnlySpan<float> rows)
    {
        int row = 0;
        foreach (BatchSlice<DenoiseWork> slice in slices)
        {
            rows.Slice(row * size, slice.Count * size).CopyTo(slice.Item.Values.AsSpan(slice.FirstRow * size));
            row += slice.Count;
        }
    }
}
