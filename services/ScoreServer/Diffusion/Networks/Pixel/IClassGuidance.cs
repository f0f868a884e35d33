using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Pixel;

/// <summary>What leads D towards a class from outside of the network, such as a classifier; it owns its weights.</summary>
internal interface IClassGuidance : IDisposable
{
    /// <summary>Its parameters, counted.</summary>
    long ParameterCount { get; }

    /// <summary>D of the classes in rows that have one, and the others as they are; in the caller's dispose scope.</summary>
    /// <param name="denoised">D, [n, c, h, w].</param>
    /// <param name="noisy">x, [n, c, h, w].</param>
    /// <param name="sigmas">σ of each row, [n].</param>
    /// <param name="labels">The class of each row, [n]; null: none.</param>
    Tensor Apply(Tensor denoised, Tensor noisy, ReadOnlySpan<double> sigmas, int?[] labels);
}
