using System.Globalization;
using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Sizes of networks as their tensors with CompVis names tell them: all but the number of attention heads.</summary>
internal static class CompVisShapes
{
    /// <summary>Sizes of the UNet but for its heads.</summary>
    /// <exception cref="InvalidDataException">The tensors are not those of a UNet of Stable Diffusion.</exception>
    public static UNetConfiguration UNet(ITensorStore store)
    {
        string root = CompVisNames.UNetRoot;
        int blocks = Count(store, $"{root}input_blocks.");
        IReadOnlyList<long> first = Shape(store, $"{root}input_blocks.0.0.weight", 4);
        int layers = Enumerable.Range(1, blocks).FirstOrDefault(i => store.Tensors.ContainsKey($"{root}input_blocks.{i}.0.op.weight")) - 1;
        if (layers < 1 || blocks % (layers + 1) != 0)
        {
            throw new InvalidDataException($"{store.Name} must hold a UNet with levels of equally many blocks, but has {blocks} input blocks.");
        }

        int levels = blocks / (layers + 1);
        int BlockOf(int level) => 1 + (level * (layers + 1));
        int Output(int level) => ((levels - 1 - level) * (layers + 1)) + layers;
        string context = store.Tensors.Keys.Where(name => name.StartsWith(root, StringComparison.Ordinal) && name.EndsWith(".attn2.to_k.weight", StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault()
            ?? throw new InvalidDataException($"{store.Name} must hold a UNet with attention to a prompt, but has none.");
        return new UNetConfiguration
        {
            InputChannels = (int)first[1],
            OutputChannels = (int)Shape(store, $"{root}out.2.weight", 4)[0],
            Channels = [.. Enumerable.Range(0, levels).Select(level => (int)Shape(store, $"{root}input_blocks.{BlockOf(level)}.0.out_layers.3.weight", 4)[0])],
            LayersPerBlock = layers,
            DownAttention = [.. Enumerable.Range(0, levels).Select(level => store.Tensors.ContainsKey($"{root}input_blocks.{BlockOf(level)}.1.norm.weight"))],
            UpAttention = [.. Enumerable.Range(0, levels).Select(level => store.Tensors.ContainsKey($"{root}output_blocks.{Output(level)}.1.norm.weight"))],
            Heads = [.. Enumerable.Repeat(1, levels)],
            TransformerDepth = [.. Enumerable.Repeat(Count(store, $"{root}middle_block.1.transformer_blocks."), levels)],
            ContextWidth = (int)Shape(store, context, 2)[1],
        };
    }

    /// <summary>Sizes of the autoencoder.</summary>
    /// <param name="store">Holds the tensors.</param>
    /// <param name="root">In front of their names.</param>
    /// <exception cref="InvalidDataException">The tensors are not those of an autoencoder of Stable Diffusion.</exception>
    public static AutoencoderConfiguration Autoencoder(ITensorStore store, string root)
    {
        int levels = Count(store, $"{root}encoder.down.");
        if (levels == 0)
        {
            throw new InvalidDataException($"{store.Name} must hold an autoencoder ({root}encoder.down.0 …), but does not.");
        }

        return new AutoencoderConfiguration
        {
            PixelChannels = (int)Shape(store, $"{root}encoder.conv_in.weight", 4)[1],
            LatentChannels = (int)Shape(store, $"{root}decoder.conv_in.weight", 4)[1],
            Channels = [.. Enumerable.Range(0, levels).Select(level => (int)Shape(store, $"{root}encoder.down.{level}.block.0.conv1.weight", 4)[0])],
            LayersPerBlock = Count(store, $"{root}encoder.down.0.block."),
        };
    }

    /// <summary>Sizes of SD 1.x's text encoder but for its heads.</summary>
    /// <exception cref="InvalidDataException">The tensors are not those of CLIP.</exception>
    public static ClipConfiguration Clip(ITensorStore store)
    {
        string root = $"{CompVisNames.ClipRoot}text_model.";
        IReadOnlyList<long> tokens = Shape(store, $"{root}embeddings.token_embedding.weight", 2);
        return new ClipConfiguration
        {
            VocabularySize = (int)tokens[0],
            Width = (int)tokens[1],
            InnerWidth = (int)Shape(store, $"{root}encoder.layers.0.mlp.fc1.weight", 2)[0],
            Layers = Count(store, $"{root}encoder.layers."),
            Positions = (int)Shape(store, $"{root}embeddings.position_embedding.weight", 2)[0],
            HasQuickGelu = true,
        };
    }

    /// <summary>Sizes of SD 2.x's text encoder but for its heads.</summary>
    /// <param name="store">Holds the tensors.</param>
    /// <param name="isPenultimate">Whether the last layer is left out.</param>
    /// <exception cref="InvalidDataException">The tensors are not those of OpenCLIP.</exception>
    public static ClipConfiguration OpenClip(ITensorStore store, bool isPenultimate)
    {
        string root = CompVisNames.OpenClipRoot;
        IReadOnlyList<long> tokens = Shape(store, $"{root}token_embedding.weight", 2);
        return new ClipConfiguration
        {
            VocabularySize = (int)tokens[0],
            Width = (int)tokens[1],
            InnerWidth = (int)Shape(store, $"{root}transformer.resblocks.0.mlp.c_fc.weight", 2)[0],
            Layers = Count(store, $"{root}transformer.resblocks.") - (isPenultimate ? 1 : 0),
            Positions = (int)Shape(store, $"{root}positional_embedding", 2)[0],
            HasQuickGelu = false,
        };
    }

    /// <summary>How many numbers follow a prefix, from 0 without gaps.</summary>
    public static int Count(ITensorStore store, string prefix)
    {
        HashSet<int> numbers = [];
        foreach (string name in store.Tensors.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            int end = name.IndexOf('.', prefix.Length);
            if (end > 0 && int.TryParse(name.AsSpan(prefix.Length, end - prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                numbers.Add(number);
            }
        }

        return Enumerable.Range(0, numbers.Count + 1).First(i => !numbers.Contains(i));
    }

    private static IReadOnlyList<long> Shape(ITensorStore store, string name, int rank)
    {
        TensorInfo? info = store.Tensors.GetValueOrDefault(name);
        if (info is null)
        {
            throw new InvalidDataException($"{store.Name} must hold {name}, but does not.");
        }

        return info.Shape.Count == rank && info.Shape.All(extent => extent is > 0 and < int.MaxValue)
            ? info.Shape
            : throw new InvalidDataException($"{name} of {store.Name} must have {rank} dimensions, but has shape {info.ShapeText}.");
    }
}
