using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks;

/// <summary>An embedded prompt.</summary>
/// <param name="embedding">[embedding width]; not disposed, it is small and lives as long as whoever holds the condition.</param>
internal sealed class TextCondition(Tensor embedding) : Condition
{
    public Tensor Embedding { get; } = embedding;

    /// <inheritdoc/>
    public override long ByteCount { get; } = embedding.numel() * embedding.element_size();
}
