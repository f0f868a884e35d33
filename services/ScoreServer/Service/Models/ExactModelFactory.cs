using Sjc.Diffusion;
using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Networks;

namespace Sjc.ScoreServer.Models;

/// <summary>The closed-form denoiser of captioned pictures: of a folder, or of the catalogue of shapes.</summary>
internal sealed class ExactModelFactory : IModelFactory
{
    public const string KindName = "exact";

    /// <inheritdoc/>
    public string Kind => KindName;

    /// <inheritdoc/>
    public string Summary => "Closed-form optimal denoiser of a finite set of captioned pictures.";

    /// <inheritdoc/>
    public IDenoiser Create(ModelOptions options) => options.Path.Length == 0
        ? ShapeModels.Exact(options.Name, options.Device)
        : new ExactDenoiser(
            PictureFolder.Read(options.Path, new DataShape(3, options.ImageSize, options.ImageSize)),
            new ExactDenoiserOptions { Name = options.Name, Device = options.Device });
}
