using Sjc.Diffusion;

namespace Sjc.ScoreServer.Models;

/// <summary>Makes the denoisers of one kind, or of several.</summary>
internal interface IModelFactory
{
    /// <summary>As it stands in <see cref="ModelOptions.Kind"/>.</summary>
    string Kind { get; }

    /// <summary>One line for people, for models that are not loaded yet.</summary>
    string Summary { get; }

    /// <summary>Whether it makes models of a kind.</summary>
    bool Makes(string kind) => kind == Kind;

    /// <summary>Loads a denoiser.</summary>
    /// <exception cref="IOException">Its data cannot be read.</exception>
    /// <exception cref="InvalidDataException">Its data are not what they should be.</exception>
    /// <exception cref="ArgumentException">An option does not fit the data.</exception>
    IDenoiser Create(ModelOptions options);
}
