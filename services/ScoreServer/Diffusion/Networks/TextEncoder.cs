using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks;

/// <summary>An order-aware text encoder: token and position embeddings, pre-norm transformer layers, mean over the prompt's tokens.</summary>
internal sealed class TextEncoder : Module<Tensor, Tensor>
{
#pragma warning disable CA1823, IDE0044, IDE0052 // registered by reflection under the checkpoint's key names
    private readonly Embedding token;
    private readonly Parameter position;
    private readonly ModuleList<TextLayer> layers;
    private readonly LayerNorm norm;
    private readonly Linear project;
#pragma warning restore CA1823, IDE0044, IDE0052

    public TextEncoder(ShapesNetworkOptions options)
        : base(nameof(TextEncoder))
    {
        token = Embedding(options.TokenCount, options.TextWidth);
        position = new Parameter(zeros(options.MaxTokens, options.TextWidth));
        layers = new ModuleList<TextLayer>([.. Enumerable.Range(0, options.TextLayers).Select(_ => new TextLayer(options.TextWidth, options.TextHeads))]);
        norm = LayerNorm(options.TextWidth);
        project = Linear(options.TextWidth, options.EmbeddingWidth);
        RegisterComponents();
    }

    /// <summary>Embeds prompts.</summary>
    /// <param name="tokens">i64 [prompts, length], 0 where padded.</param>
    /// <returns>[prompts, embedding width].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        long length = tokens.shape[1];
        Tensor present = tokens.ne(0);
        Tensor bias = zeros_like(present, dtype: position.dtype).masked_fill_(present.logical_not(), -1e4f).unsqueeze(1).unsqueeze(1);
        Tensor h = token.forward(tokens) + position.narrow(0, 0, length);
        foreach (TextLayer layer in layers)
        {
            h = layer.forward(h, bias);
        }

        Tensor weights = present.to(h.dtype).unsqueeze(-1);
        Tensor pooled = (norm.forward(h) * weights).sum(1) / weights.sum(1);
        return project.forward(pooled).MoveToOuterDisposeScope();
    }
}
