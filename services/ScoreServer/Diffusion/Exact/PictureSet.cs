using static TorchSharp.torch;

namespace Sjc.Diffusion.Exact;

/// <summary>The pictures of one selection, ready for the closed-form denoiser.</summary>
internal sealed class PictureSet : IDisposable
{
    private readonly Tensor mean;
    private readonly Tensor centred;
    private readonly Tensor halfNorms;

    /// <summary>Takes pictures, [n, size], onto a device.</summary>
    public PictureSet(float[] pictures, int size, Device device)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor all = tensor(pictures, new long[] { pictures.Length / size, size }).to(float64).to(device);
        mean = all.mean([0L], keepdim: true).DetachFromDisposeScope();
        centred = (all - mean).DetachFromDisposeScope();
        halfNorms = (centred.square().sum(1) / 2).DetachFromDisposeScope();
        ByteCount = (long)pictures.Length * sizeof(double);
    }

    /// <summary>Bytes held.</summary>
    public long ByteCount { get; }

    /// <summary>D(x; σ) = Σᵢ softmaxᵢ(−‖x − yᵢ‖²/2σ²)·yᵢ for rows of this selection.</summary>
    /// <param name="noisy">x, [rows, size], float64.</param>
    /// <param name="variances">σ², [rows, 1], float64.</param>
    /// <returns>D, [rows, size], float64, in the caller's dispose scope.</returns>
    /// <remarks>‖x − yᵢ‖²/2 = ‖x‖²/2 − x·yᵢ + ‖yᵢ‖²/2, and the softmax is blind to ‖x‖². Centred and in float64 what is left is exact to about
    /// 10⁻¹⁶·‖yᵢ‖², far below σ² of any level in use; softmax subtracts the greatest exponent itself.</remarks>
    public Tensor Denoise(Tensor noisy, Tensor variances)
    {
        using IDisposable scope = NewDisposeScope();
        Tensor exponents = ((noisy - mean).matmul(centred.t()) - halfNorms) / variances;
        return (exponents.softmax(1).matmul(centred) + mean).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        mean.Dispose();
        centred.Dispose();
        halfNorms.Dispose();
    }
}
