namespace Sjc.Diffusion.Checkpoints.Elements;

/// <summary>Elements that lie in a mapped file one after the other.</summary>
/// <param name="file">Holds them.</param>
/// <param name="offset">Of the first byte in the file.</param>
/// <param name="elementSize">In bytes.</param>
internal sealed class MappedElements(MappedFile file, long offset, int elementSize) : IElementSource
{
    /// <inheritdoc/>
    public bool IsConcurrent => true;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Read(long first, int count) => file.Span(offset + (first * elementSize), count * elementSize);

    /// <inheritdoc/>
    public void Release(long first, long count) => file.Release(offset + (first * elementSize), count * elementSize);
}
