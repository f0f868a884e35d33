using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Pixel;

/// <summary>A raw network F of images, before its preconditioning makes a denoiser of it.</summary>
internal interface IPixelNetwork : IDisposable
{
    /// <summary>Type of the weights, in which it computes.</summary>
    ScalarType DataType { get; }

    /// <summary>Where it computes.</summary>
    Device Device { get; }

    /// <summary>Its parameters, counted.</summary>
    long ParameterCount { get; }

    /// <summary>Bytes of its weights.</summary>
    long WeightBytes { get; }

    /// <summary>Classes that it takes; 0: none.</summary>
    int ClassCount { get; }

    /// <summary>F(c_in·x; c_noise, class).</summary>
    /// <param name="x">c_in·x, [n, c, h, w], of <see cref="DataType"/>, on <see cref="Device"/>.</param>
    /// <param name="labels">c_noise of each row, [n].</param>
    /// <param name="classes">One-hot classes of each row, [n, classes]; a row of zeros is of no class; null where the network has no classes.</param>
    /// <returns>[n, c' ≥ c, h, w]: channels after the first c are of no use to a denoiser. It belongs to the caller's dispose scope.</returns>
    Tensor Forward(Tensor x, ReadOnlySpan<double> labels, Tensor? classes);
}
