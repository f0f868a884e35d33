using Sjc.Diffusion;
using Sjc.Diffusion.Networks;

namespace Sjc.ScoreServer.Models;

/// <summary>The trained network of coloured objects.</summary>
internal sealed class ShapesModelFactory : IModelFactory
{
    public const string KindName = "shapes";

    /// <inheritdoc/>
    public string Kind => KindName;

    /// <inheritdoc/>
    public string Summary => "Small text-conditional denoiser of coloured objects.";

    /// <inheritdoc/>
    public IDenoiser Create(ModelOptions options) => ShapeModels.Network(options.Path, options.Device);
}
