using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>Tells the sizes of guided-diffusion networks from names and shapes. They do not say the images' size (a classifier with an attention pool does),
/// the width of heads, the order of attention channels or the noise schedule.</summary>
/// <param name="store">Holds the network's tensors.</param>
internal sealed class GuidedShapes(ITensorStore store)
{
    private const int MostBlocks = 16;

    /// <summary>The levels' multipliers of the published sizes: guided diffusion derives them from the images' size.</summary>
    private static readonly Dictionary<string, int> PublishedSizes =
        new() { ["0.5,1,1,2,2,4,4"] = 512, ["1,1,2,2,4,4"] = 256, ["1,1,2,3,4"] = 128, ["1,2,3,4"] = 64 };

    /// <summary>Whether names look like one of the networks.</summary>
    public static bool Fit(ITensorStore store) => store.Tensors.ContainsKey("input_blocks.0.0.weight") && store.Tensors.Keys.Any(name => name.StartsWith("time_embed.", StringComparison.Ordinal))
        && !store.Tensors.Keys.Any(name => name.Contains(".transformer_blocks.", StringComparison.Ordinal));

    /// <summary>Whether the network is a classifier.</summary>
    public bool IsClassifier => !store.Tensors.Keys.Any(name => name.StartsWith("output_blocks.", StringComparison.Ordinal));

    /// <summary>Classes of a UNet; 0: none.</summary>
    public int UnetClasses => Has("label_emb.weight") ? Extent("label_emb.weight", 0) : 0;

    /// <summary>Channels of a UNet's output.</summary>
    public int Outputs => Extent("out.2.weight", 0);

    /// <summary>Whether a classifier has an attention pool.</summary>
    public bool HasAttentionPool => Has("out.2.positional_embedding");

    /// <summary>Classes of a classifier.</summary>
    public int ClassifierClasses => Extent(HasAttentionPool ? "out.2.c_proj.weight" : "out.3.weight", 0);

    /// <summary>Unit of the channels.</summary>
    public int Width => Extent("time_embed.0.weight", 1);

    /// <summary>Whether the embedding scales and shifts.</summary>
    public bool ScalesAndShifts => Extent("input_blocks.1.0.emb_layers.1.weight", 0) == 2 * Extent("input_blocks.1.0.out_layers.3.weight", 0);

    /// <summary>Whether convolutions change the resolution instead of residual blocks.</summary>
    public bool ResamplesInBlocks => !store.Tensors.Keys.Any(name => name.StartsWith("input_blocks.", StringComparison.Ordinal) && name.EndsWith(".0.op.weight", StringComparison.Ordinal));

    /// <summary>Residual blocks at each resolution, channels of each level in units of <see cref="Width"/>, and the levels with attention.</summary>
    /// <exception cref="InvalidDataException">The names are those of no such network.</exception>
    public (int Blocks, IReadOnlyList<double> Multipliers, IReadOnlySet<int> AttentionLevels) Levels()
    {
        int stages = Enumerable.Range(0, 1024).TakeWhile(i => store.Tensors.Keys.Any(name => name.StartsWith($"input_blocks.{i}.", StringComparison.Ordinal))).Count();
        foreach (int blocks in Enumerable.Range(1, MostBlocks).Where(blocks => stages % (blocks + 1) == 0 && Agrees(stages, blocks)))
        {
            int levels = stages / (blocks + 1);
            double[] multipliers = [.. Enumerable.Range(0, levels).Select(level => (double)Extent($"input_blocks.{First(level, blocks)}.0.out_layers.3.weight", 0) / Width)];
            return (blocks, multipliers, Enumerable.Range(0, levels).Where(level => Attends(First(level, blocks))).ToHashSet());
        }

        throw new InvalidDataException($"{store.Name} must hold as many input_blocks at each resolution, but its {stages} do not divide so.");
    }

    /// <summary>Side of the images in pixels, where it can be told, and from what.</summary>
    public (int Size, string Source)? ImageSize(IReadOnlyList<double> multipliers)
    {
        if (HasAttentionPool)
        {
            int side = (int)Math.Sqrt(Extent("out.2.positional_embedding", 1) - 1);
            return (side << (multipliers.Count - 1), "shapes");
        }

        string key = string.Join(",", multipliers.Select(multiplier => multiplier.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return PublishedSizes.TryGetValue(key, out int size) ? (size, $"channels {key}") : null;
    }

    private static int First(int level, int blocks) => 1 + (level * (blocks + 1));

    /// <summary>Blocks of one level have attention alike, those that change the resolution have none and keep their channels; in a decoder the resolution doubles after
    /// one block more.</summary>
    private bool Agrees(int stages, int blocks)
    {
        for (int i = 1; i < stages; i++)
        {
            (int level, int j) = Math.DivRem(i - 1, blocks + 1);
            bool changes = j == blocks;
            if (Attends(i) != (!changes && Attends(First(level, blocks))) || (j > 0 && Has($"input_blocks.{i}.0.skip_connection.weight")))
            {
                return false;
            }
        }

        int levels = stages / (blocks + 1);
        return IsClassifier || levels == 1
            ? IsClassifier || !Doubles(blocks)
            : Enumerable.Range(0, blocks).All(i => !Doubles(i)) && Doubles(blocks);
    }

    private bool Attends(int stage) => Has($"input_blocks.{stage}.1.qkv.weight");

    /// <summary>Whether a stage of the decoder ends with a change of resolution.</summary>
    private bool Doubles(int stage) => ((int[])[1, 2]).Any(i => Has($"output_blocks.{stage}.{i}.conv.weight") || Has($"output_blocks.{stage}.{i}.in_layers.2.weight"));

    private bool Has(string name) => store.Tensors.ContainsKey(name);

    private int Extent(string name, int axis) => store.Tensors.TryGetValue(name, out TensorInfo? info) && info.Shape.Count > axis && info.Shape[axis] is > 0 and <= 1 << 20
        ? (int)info.Shape[axis]
        : throw new InvalidDataException($"{store.Name} must hold {name} with at least {axis + 1} extents, but {(info is null ? "does not" : $"it has shape {info.ShapeText}")}.");
}
