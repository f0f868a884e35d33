namespace Sjc.Diffusion.Exact;

/// <summary>A selection of pictures of an <see cref="IPictureSource"/>.</summary>
/// <param name="Key">The selection's key.</param>
internal sealed class PictureCondition(string key) : Condition
{
    /// <summary>The selection's key.</summary>
    public string Key { get; } = key;
}
