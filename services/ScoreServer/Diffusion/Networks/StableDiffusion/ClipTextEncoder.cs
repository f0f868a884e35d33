using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>The text side of CLIP (Radford et al. 2021) and OpenCLIP, with the names of transformers.</summary>
/// <remarks>Attention is causal over all positions; padding is not masked.</remarks>
public sealed class ClipTextEncoder : IDisposable
{
    private const string Root = "text_model";

    private readonly WeightSet weights;
    private readonly Device device;
    private readonly Embedding token_embedding;
    private readonly Embedding position_embedding;
    private readonly ClipLayer[] layers;
    private readonly LayerNorm final_layer_norm;

    /// <summary>Takes the weights.</summary>
    /// <param name="reader">At the text encoder; the caller requires that it has no faults.</param>
    /// <param name="configuration">The sizes.</param>
    public ClipTextEncoder(WeightReader reader, ClipConfiguration configuration)
    {
        Configuration = configuration;
        weights = reader.Weights;
        device = reader.Device;
        WeightReader root = reader.Scope(Root);
        token_embedding = new Embedding(root.Scope("embeddings.token_embedding"), configuration.VocabularySize, configuration.Width);
        position_embedding = new Embedding(root.Scope("embeddings.position_embedding"), configuration.Positions, configuration.Width);
        layers = [.. Enumerable.Range(0, configuration.Layers).Select(i => new ClipLayer(root.Scope($"encoder.layers.{i}"), configuration))];
        final_layer_norm = new LayerNorm(root.Scope(nameof(final_layer_norm)), configuration.Width, configuration.NormEpsilon);
    }

    /// <summary>The sizes.</summary>
    public ClipConfiguration Configuration { get; }

    /// <summary>Embeds prompts.</summary>
    /// <param name="tokens">[n · positions], padded.</param>
    /// <param name="observe">Told of the embeddings and of each layer's result, as "embeddings" and "layers.0".</param>
    /// <returns>[n, positions, width], after the final norm, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of the positions, or a token is outside the vocabulary.</exception>
    public Tensor Forward(ReadOnlySpan<long> tokens, BlockObserver? observe = null)
    {
        if (tokens.Length == 0 || tokens.Length % Configuration.Positions != 0)
        {
            throw new ArgumentException($"{nameof(tokens)} must be a multiple of {Configuration.Positions}, but are {tokens.Length}.", nameof(tokens));
        }

        foreach (long token in tokens)
        {
            if (token < 0 || token >= Configuration.VocabularySize)
            {
                throw new ArgumentException($"{nameof(tokens)} must be in [0, {Configuration.VocabularySize}), but hold {token}.", nameof(tokens));
            }
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor indices = tensor(tokens.ToArray(), device: device).view(-1, Configuration.Positions);
        Tensor h = token_embedding.Forward(indices) + position_embedding.Table;
        observe?.Invoke("embeddings", h);
        for (int i = 0; i < layers.Length; i++)
        {
            h = layers[i].Forward(h);
            observe?.Invoke($"layers.{i}", h);
        }

        return final_layer_norm.Forward(h).MoveToOuterDisposeScope();
    }

    /// <summary>Weights in all.</summary>
    public long ParameterCount => weights.ElementCount;

    /// <inheritdoc/>
    public void Dispose() => weights.Dispose();
}
