using static TorchSharp.torch;

namespace Sjc.Diffusion;

/// <summary>A pretrained diffusion model as a denoiser D(x; σ, condition) ≈ E[clean | clean + σ·noise = x], the one contract behind which
/// every parameterisation stands. Its score is (D(x; σ) − x)/σ².</summary>
/// <remarks>The images are in "variance exploding" form: x = clean + σ·noise with no other scaling. A denoiser is used by one thread at a time.</remarks>
public interface IDenoiser : IDisposable
{
    /// <summary>What callers need to know of the model.</summary>
    DenoiserDescription Description { get; }

    /// <summary>Between the model's latents and pictures; null for pixel models, and for latent models whose autoencoder is not at hand.</summary>
    ILatentCodec? LatentCodec => null;

    /// <summary>The condition that asks for nothing in particular.</summary>
    Condition Unconditional { get; }

    /// <summary>The condition of a prompt; for an empty prompt <see cref="Unconditional"/>. Safe to call from any thread.</summary>
    /// <exception cref="ArgumentException">The model takes no prompts, or the prompt is too long or names nothing that the model holds.</exception>
    PromptEncoding EncodePrompt(string prompt);

    /// <summary>The condition of a class label. Safe to call from any thread.</summary>
    /// <exception cref="ArgumentException">The model takes no class labels, or has no such class.</exception>
    Condition EncodeClassLabel(int label) => throw new ArgumentException($"{nameof(label)} must be unset for a model of kind {Description.Kind}, which has no classes, but is {label}.", nameof(label));

    /// <summary>Denoises a batch of rows.</summary>
    /// <param name="noisy">x, [n, c, h, w], of a floating-point type such as <see cref="DenoiserDescription.StateType"/>, on the model's device.</param>
    /// <param name="sigmas">σ &gt; 0 of each row, [n], on the model's ladder where it has one.</param>
    /// <param name="conditions">The condition of each row, [n].</param>
    /// <returns>D, [n, c, h, w], of the type of <paramref name="noisy"/>; it belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes or counts differ, or a condition was made by another kind of denoiser.</exception>
    Tensor Denoise(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions);
}
