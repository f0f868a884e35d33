namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>A network's tensor names, those of diffusers and transformers, in another naming, as tables.</summary>
/// <remarks>A name is a block, a layer inside it and "weight" or "bias". The longest entry of each table that is a prefix up to a dot is replaced; a part
/// without entry stays.</remarks>
internal sealed class NameMap
{
    private readonly string root;
    private readonly Dictionary<string, string> blocks;
    private readonly Dictionary<string, string> layers;

    /// <summary>A map.</summary>
    /// <param name="root">Goes before each name, such as "first_stage_model.".</param>
    /// <param name="blocks">From this naming to the other.</param>
    /// <param name="layers">From this naming to the other, of what follows the block.</param>
    public NameMap(string root, IEnumerable<(string Name, string Other)> blocks, IEnumerable<(string Name, string Other)> layers)
    {
        this.root = root;
        this.blocks = blocks.ToDictionary(entry => entry.Name, entry => entry.Other, StringComparer.Ordinal);
        this.layers = layers.ToDictionary(entry => entry.Name, entry => entry.Other, StringComparer.Ordinal);
    }

    /// <summary>The other naming's name.</summary>
    public string Translate(string name)
    {
        (string block, string remainder) = Replace(blocks, name);
        (string layer, string end) = Replace(layers, remainder);
        return root + string.Join('.', ((string[])[block, layer, end]).Where(part => part.Length > 0));
    }

    private static (string Replaced, string Remainder) Replace(Dictionary<string, string> table, string name)
    {
        for (int end = name.Length; end > 0; end = name.LastIndexOf('.', end - 1))
        {
            if (table.TryGetValue(name[..end], out string? replaced))
            {
                return (replaced, end == name.Length ? "" : name[(end + 1)..]);
            }
        }

        return ("", name);
    }
}
