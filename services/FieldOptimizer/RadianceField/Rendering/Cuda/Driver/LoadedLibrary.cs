namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>A native library, or why there is none.</summary>
/// <param name="Handle">Of the loaded library; 0: none.</param>
/// <param name="Path">As it was found.</param>
/// <param name="Failure">Empty where it was loaded.</param>
internal sealed record LoadedLibrary(nint Handle, string Path, string Failure);
