using System.Runtime.InteropServices;
using Sjc.Diffusion;
using Sjc.ScoreServer.Models;
using static TorchSharp.torch;

namespace Sjc.ScoreServer.Batching;

/// <summary>Takes a batch through the network, on the thread of the model's device.</summary>
internal static class BatchRunner
{
    /// <summary>Denoises the batch's rows and writes D over them.</summary>
    public static void Run(Batch<DenoiseWork> batch)
    {
        LoadedModel model = batch.Slices[0].Item.Model;
        DataShape shape = model.Description.DataShape;
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor noisy = empty([batch.Rows, shape.Channels, shape.Height, shape.Width], dtype: float32);
        double[] sigmas = new double[batch.Rows];
        Condition[] conditions = new Condition[batch.Rows];
        Gather(batch, shape.ElementCount, MemoryMarshal.Cast<byte, float>(noisy.bytes), sigmas, conditions);

        Tensor input = noisy.to(model.Description.ComputeType).to(device(model.Description.Device));
        Tensor denoised = model.Denoiser.Denoise(input, sigmas, conditions).to(float32).cpu().contiguous();
        Scatter(batch, shape.ElementCount, MemoryMarshal.Cast<byte, float>(denoised.bytes));
    }

    private static void Gather(Batch<DenoiseWork> batch, int size, Span<float> rows, Span<double> sigmas, Span<Condition> conditions)
    {
        int row = 0;
        foreach (BatchSlice<DenoiseWork> slice in batch.Slices)
        {
            slice.Item.Values.AsSpan(slice.FirstRow * size, slice.Count * size).CopyTo(rows[(row * size)..]);
            slice.Item.Sigmas.AsSpan(slice.FirstRow, slice.Count).CopyTo(sigmas[row..]);
            slice.Item.Conditions.AsSpan(slice.FirstRow, slice.Count).CopyTo(conditions[row..]);
            row += slice.Count;
        }
    }

    private static void Scatter(Batch<DenoiseWork> batch, int size, ReadOnlySpan<float> rows)
    {
        int row = 0;
        foreach (BatchSlice<DenoiseWork> slice in batch.Slices)
        {
            rows.Slice(row * size, slice.Count * size).CopyTo(slice.Item.Values.AsSpan(slice.FirstRow * size));
            row += slice.Count;
        }
    }
}
