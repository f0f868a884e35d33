using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Stable Diffusion 1.x and 2.x: a UNet on the latents of an autoencoder, told of a prompt by a text encoder.</summary>
/// <remarks>Noise levels are snapped to the ladder, and D is formed with the snapped level from the network's output in the type of x: float32 even where the
/// network computes in half precision, so that (D − x)/σ² keeps ε's digits at small σ.</remarks>
public sealed class StableDiffusionDenoiser : IDenoiser
{
    private readonly UNet unet;
    private readonly ClipTextEncoder textEncoder;
    private readonly ClipTokenizer tokenizer;
    private readonly Autoencoder? autoencoder;
    private readonly PredictionSchedule schedule;
    private readonly ScalarType dataType;
    private readonly Device device;
    private readonly Lock encoding = new();
    private readonly Lazy<Condition> unconditional;

    /// <summary>Takes possession of the networks.</summary>
    /// <param name="networks">On one device and of one type.</param>
    /// <param name="tokenizer">With the text encoder's vocabulary.</param>
    /// <param name="schedule">Noise levels and prediction.</param>
    /// <param name="description">Of the model.</param>
    /// <exception cref="ArgumentException">The tokenizer has tokens that the text encoder lacks.</exception>
    internal StableDiffusionDenoiser(StableDiffusionNetworks networks, ClipTokenizer tokenizer, PredictionSchedule schedule, DenoiserDescription description)
    {
        (unet, textEncoder, autoencoder) = (networks.UNet, networks.TextEncoder, networks.Autoencoder);
        (this.tokenizer, this.schedule, Description) = (tokenizer, schedule, description);
        dataType = description.ComputeType;
        device = torch.device(description.Device);
        LatentCodec = autoencoder is null ? null : new LatentCodec(autoencoder, description.DataShape);
        if (tokenizer.TokenCount > textEncoder.Configuration.VocabularySize || tokenizer.MaxLength != textEncoder.Configuration.Positions)
        {
            throw new ArgumentException(
                $"{nameof(tokenizer)} must have at most {textEncoder.Configuration.VocabularySize} tokens and prompts of {textEncoder.Configuration.Positions}, "
                + $"but has {tokenizer.TokenCount} and {tokenizer.MaxLength}.", nameof(tokenizer));
        }

        unconditional = new Lazy<Condition>(() => Embed(tokenizer.Encode("")));
    }

    /// <inheritdoc/>
    public DenoiserDescription Description { get; }

    /// <inheritdoc/>
    public ILatentCodec? LatentCodec { get; }

    /// <inheritdoc/>
    /// <remarks>Made when it is first asked for: loading reads weights and computes nothing.</remarks>
    public Condition Unconditional => unconditional.Value;

    /// <inheritdoc/>
    /// <remarks>As in the original, a prompt of more than <see cref="DenoiserDescription.MaxPromptTokens"/> tokens is cut off; the returned count is that of the whole
    /// prompt, so that callers can tell.</remarks>
    public PromptEncoding EncodePrompt(string prompt)
    {
        int[] tokens = tokenizer.Encode(prompt);
        return new PromptEncoding(tokens.Length == 2 ? Unconditional : Embed(tokens), tokens.Length, []);
    }

    /// <inheritdoc/>
    public Tensor Denoise(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions)
    {
        RequireFitting(noisy, sigmas.Length, conditions.Count);
        using IDisposable untracked = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        double[] snapped = new double[sigmas.Length];
        double[] timesteps = new double[sigmas.Length];
        for (int row = 0; row < sigmas.Length; row++)
        {
            (int index, snapped[row]) = schedule.Ladder.Snap(sigmas[row]);
            timesteps[row] = schedule.Ladder.Timestep(index);
        }

        Tensor context = stack([.. conditions.Select(Tokens)]);
        Tensor wide = noisy.dtype == ScalarType.Float64 ? noisy : noisy.to(ScalarType.Float32);
        return schedule.Preconditioning
            .Denoise((scaled, _) => unet.Forward(scaled.to(dataType), timesteps, context).to(scaled.dtype), wide, snapped)
            .to(noisy.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        unet.Dispose();
        textEncoder.Dispose();
        autoencoder?.Dispose();
    }

    private static Tensor Tokens(Condition condition) => condition is PromptCondition prompt
        ? prompt.Tokens
        : throw new ArgumentException($"{nameof(condition)} must be made by {nameof(StableDiffusionDenoiser)}, but is a {condition.GetType().Name}.", nameof(condition));

    private PromptCondition Embed(int[] tokens)
    {
        lock (encoding)
        {
            using IDisposable untracked = inference_mode();
            using DisposeScope scope = NewDisposeScope();
            return new PromptCondition(textEncoder.Forward(tokenizer.Pad(tokens))[0].clone().DetachFromDisposeScope());
        }
    }

    private void RequireFitting(Tensor noisy, int sigmaCount, int conditionCount)
    {
        if (noisy.dim() != 4 || noisy.shape[0] == 0 || noisy.shape[1] != unet.Configuration.InputChannels)
        {
            throw new ArgumentException($"{nameof(noisy)} must have the shape [n, {unet.Configuration.InputChannels}, h, w], but has [{string.Join(", ", noisy.shape)}].", nameof(noisy));
        }

        int multiple = 1 << (unet.Configuration.Channels.Count - 1);
        if (noisy.shape[2] % multiple != 0 || noisy.shape[3] % multiple != 0 || noisy.shape[2] * noisy.shape[3] == 0)
        {
            throw new ArgumentException($"{nameof(noisy)} must be a multiple of {multiple} across and down, but has [{string.Join(", ", noisy.shape)}].", nameof(noisy));
        }

        if (noisy.shape[0] != sigmaCount || sigmaCount != conditionCount)
        {
            throw new ArgumentException($"sigmas and conditions must have {noisy.shape[0]} entries, but have {sigmaCount} and {conditionCount}.", nameof(noisy));
        }
    }
}
