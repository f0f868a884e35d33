using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Sizes of a <see cref="ClipTextEncoder"/>.</summary>
public sealed record ClipConfiguration
{
    private const string QuickGelu = "quick_gelu";

    /// <summary>Tokens in the vocabulary.</summary>
    public int VocabularySize { get; init; } = 49408;

    /// <summary>Width of a token.</summary>
    public int Width { get; init; } = 768;

    /// <summary>Width inside the perceptrons.</summary>
    public int InnerWidth { get; init; } = 3072;

    /// <summary>Transformer layers.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Attention heads of a layer.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>Tokens of every prompt, padded.</summary>
    public int Positions { get; init; } = 77;

    /// <summary>x·sigmoid(1.702 x) instead of the exact GELU.</summary>
    public bool HasQuickGelu { get; init; } = true;

    /// <summary>Of the norms.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Reads text_encoder/config.json; missing fields have the defaults of transformers.</summary>
    /// <remarks>Its special tokens are wrong in the real files too: the tokenizer's hold.</remarks>
    /// <exception cref="InvalidDataException">A field has an unsupported value, or fields contradict each other.</exception>
    public static ClipConfiguration FromTransformers(ModelConfig config)
    {
        if (config.Texts("architectures") is { } classes && !classes.Contains("CLIPTextModel"))
        {
            throw new InvalidDataException($"architectures of {config.Name} must be CLIPTextModel, but is {string.Join(", ", classes)}.");
        }

        return new ClipConfiguration
        {
            VocabularySize = config.WholeNumber("vocab_size", 49408),
            Width = config.WholeNumber("hidden_size", 512),
            InnerWidth = config.WholeNumber("intermediate_size", 2048),
            Layers = config.WholeNumber("num_hidden_layers", 12),
            Heads = config.WholeNumber("num_attention_heads", 8),
            Positions = config.WholeNumber("max_position_embeddings", 77),
            HasQuickGelu = config.Choose("hidden_act", config.Text("hidden_act", QuickGelu), "gelu", QuickGelu),
            NormEpsilon = config.Number("layer_norm_eps", 1e-5),
        }.Checked(config.Name);
    }

    /// <summary>Requires that the sizes fit each other.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    internal ClipConfiguration Checked(string name)
    {
        ConfigChecks.RequireSizes(name, 1, [VocabularySize, Width, InnerWidth, Layers, Heads, Positions]);
        ConfigChecks.RequireMultiples(name, "width", [Width], "heads", [Heads]);
        return this;
    }
}
