using Sjc.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Pixel;

/// <summary>A raw network F of images, before its preconditioning makes a denoiser of it. It owns its weights.</summary>
/// <param name="reader">Of its weights.</param>
/// <param name="classCount">Classes that it takes; 0: none.</param>
internal abstract class PixelNetwork(WeightReader reader, int classCount) : IDisposable
{
    private readonly WeightSet weights = reader.Weights;

    /// <summary>Type of the weights, in which it computes.</summary>
    public ScalarType DataType { get; } = reader.DataType;

    /// <summary>Where it computes.</summary>
    public Device Device { get; } = reader.Device;

    /// <summary>Its parameters, counted.</summary>
    public long ParameterCount => weights.ElementCount;

    /// <summary>Bytes of its weights.</summary>
    public long WeightBytes => weights.ByteCount;

    /// <summary>Classes that it takes; 0: none.</summary>
    public int ClassCount { get; } = classCount;

    /// <summary>F(c_in·x; c_noise, class).</summary>
    /// <param name="x">c_in·x, [n, c, h, w], of <see cref="DataType"/>, on <see cref="Device"/>.</param>
    /// <param name="labels">c_noise of each row, [n].</param>
    /// <param name="classes">One-hot classes of each row, [n, classes]; a row of zeros is of no class; null where the network has no classes.</param>
    /// <returns>[n, c' ≥ c, h, w]: channels after the first c are of no use to a denoiser. It belongs to the caller's dispose scope.</returns>
    public abstract Tensor Forward(Tensor x, ReadOnlySpan<double> labels, Tensor? classes);

    /// <inheritdoc/>
    public virtual void Dispose() => weights.Dispose();
}
