namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>The names of OpenCLIP's text encoder in single-file checkpoints of SD 2.x.</summary>
/// <remarks>Query, key and value lie stacked in one tensor there: a <see cref="StackedStore"/> shows them one by one.</remarks>
internal static class OpenClipNames
{
    private static readonly (string, string)[] Blocks =
    [
        ("text_model.embeddings.token_embedding", "token_embedding"),
        ("text_model.embeddings.position_embedding.weight", "positional_embedding"),
        ("text_model.final_layer_norm", "ln_final"),
    ];

    private static readonly (string, string)[] Layers =
    [
        ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"), ("self_attn.out_proj", "attn.out_proj"),
        ("self_attn.q_proj.weight", "attn.in_proj_weight[q]"), ("self_attn.k_proj.weight", "attn.in_proj_weight[k]"), ("self_attn.v_proj.weight", "attn.in_proj_weight[v]"),
        ("self_attn.q_proj.bias", "attn.in_proj_bias[q]"), ("self_attn.k_proj.bias", "attn.in_proj_bias[k]"), ("self_attn.v_proj.bias", "attn.in_proj_bias[v]"),
    ];

    /// <summary>Of a text encoder with a number of layers.</summary>
    /// <param name="layers">Those that are used: SD 2.x leaves the last one out.</param>
    /// <param name="root">Goes before each name.</param>
    public static NameMap Of(int layers, string root = CompVisNames.OpenClipRoot) =>
        new(root, [.. Blocks, .. Enumerable.Range(0, layers).Select(i => ($"text_model.encoder.layers.{i}", $"transformer.resblocks.{i}"))], Layers);
}
