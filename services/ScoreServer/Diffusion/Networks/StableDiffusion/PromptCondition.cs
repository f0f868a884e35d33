using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>An embedded prompt.</summary>
/// <param name="tokens">[positions, width]; not disposed, it is small and lives as long as whoever holds the condition.</param>
internal sealed class PromptCondition(Tensor tokens) : Condition
{
    public Tensor Tokens { get; } = tokens;

    /// <inheritdoc/>
    public override long ByteCount { get; } = tokens.numel() * tokens.element_size();
}
