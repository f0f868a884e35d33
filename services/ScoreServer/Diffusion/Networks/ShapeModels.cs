using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Shapes;

namespace Sjc.Diffusion.Networks;

/// <summary>The two models that need no download.</summary>
public static class ShapeModels
{
    /// <summary>Where the shipped weights lie beside the running program.</summary>
    public static string ShippedWeightsPath => Path.Combine(AppContext.BaseDirectory, "models", "shapes.safetensors");

    /// <summary>The trained network.</summary>
    /// <param name="path">Weights; empty: those that ship.</param>
    /// <param name="device">Such as "cpu" or "cuda:0".</param>
    /// <exception cref="FileNotFoundException">There are no weights.</exception>
    public static ShapesDenoiser Network(string path = "", string device = "cpu") =>
        ShapesDenoiser.Load(path.Length == 0 ? ShippedWeightsPath : path, device);

    /// <summary>The closed-form denoiser of the catalogue's own pictures.</summary>
    /// <param name="name">Under which it is served.</param>
    /// <param name="device">Such as "cpu" or "cuda:0".</param>
    public static ExactDenoiser Exact(string name = "exact", string device = "cpu") => new(
        new ShapePictureSource(),
        new ExactDenoiserOptions
        {
            Name = name,
            Summary = "Closed-form optimal denoiser of pictures of the catalogue of shapes.",
            Device = device,
            ViewWording = ShapeViewWords.Wording,
            Hints = ShapeHints.Exact,
        });
}
