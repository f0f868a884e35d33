using System.Globalization;
using System.Text.RegularExpressions;
using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Edm;

/// <summary>Tells the sizes of EDM's networks from names and shapes, which say all of them.</summary>
/// <param name="store">Holds the network's tensors.</param>
/// <param name="prefix">Before the network's names: "model.".</param>
internal sealed partial class EdmShapes(ITensorStore store, string prefix)
{
    /// <summary>Whether the network is a <see cref="DhariwalUnet"/>; else a <see cref="SongUnet"/>.</summary>
    public bool IsDhariwal => Has("out_conv.weight");

    /// <summary>Sizes of a <see cref="SongUnet"/>.</summary>
    /// <exception cref="InvalidDataException">The names are those of none.</exception>
    public SongUnetOptions Song()
    {
        List<int> sides = Sides();
        int width = Extent($"enc.{sides[0]}x{sides[0]}_conv.weight", 0);
        return new SongUnetOptions
        {
            ImageSize = sides[0],
            Channels = Extent($"enc.{sides[0]}x{sides[0]}_conv.weight", 1),
            Outputs = Extent($"dec.{sides[0]}x{sides[0]}_aux_conv.weight", 0),
            ClassCount = Has("map_label.weight") ? Extent("map_label.weight", 1) : 0,
            Width = width,
            Multipliers = Multipliers(sides, width),
            EmbeddingMultiplier = Extent("map_layer0.weight", 0) / width,
            NoiseMultiplier = Extent("map_layer0.weight", 1) / width,
            BlocksPerLevel = Blocks(sides),
            AttentionResolutions = Attentive(sides),
            Fourier = Has("map_noise.freqs"),
            Input = Any(sides, "aux_skip") ? SongInput.Skip : Any(sides, "aux_residual") ? SongInput.Residual : SongInput.None,
            OutputPyramid = sides.Count > 1 && Has($"dec.{sides[^1]}x{sides[^1]}_aux_conv.weight"),
            Filter = Filter(),
        };
    }

    /// <summary>Sizes of a <see cref="DhariwalUnet"/>.</summary>
    /// <exception cref="InvalidDataException">The names are those of none.</exception>
    public DhariwalUnetOptions Dhariwal()
    {
        List<int> sides = Sides();
        int width = Extent("map_layer0.weight", 1);
        return new DhariwalUnetOptions
        {
            ImageSize = sides[0],
            Channels = Extent($"enc.{sides[0]}x{sides[0]}_conv.weight", 1),
            Outputs = Extent("out_conv.weight", 0),
            ClassCount = Has("map_label.weight") ? Extent("map_label.weight", 1) : 0,
            Width = width,
            Multipliers = Multipliers(sides, width),
            EmbeddingMultiplier = Extent("map_layer0.weight", 0) / width,
            BlocksPerLevel = Blocks(sides),
            AttentionResolutions = Attentive(sides),
        };
    }

    /// <summary>Whether names look like one of the networks, and under which prefix; null: they do not.</summary>
    public static string? PrefixOf(ITensorStore store) => ((string[])["model.", ""]).FirstOrDefault(
        prefix => store.Tensors.ContainsKey($"{prefix}map_layer0.weight") && store.Tensors.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal) && FirstConvolution().IsMatch(name[prefix.Length..])));

    /// <summary>Sides in pixels of the levels, from the finest.</summary>
    private List<int> Sides()
    {
        int finest = store.Tensors.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => FirstConvolution().Match(name[prefix.Length..])).Where(match => match.Success)
            .Select(match => int.Parse(match.Groups["side"].ValueSpan, CultureInfo.InvariantCulture)).FirstOrDefault();
        List<int> sides = [.. Enumerable.Range(0, 16).Select(level => finest >> level).TakeWhile(side => side > 0 && Has($"enc.{side}x{side}_block0.conv0.weight"))];
        return sides.Count > 0 ? sides : throw new InvalidDataException($"{store.Name} must hold {prefix}enc.{finest}x{finest}_block0.conv0.weight, but does not.");
    }

    private IReadOnlyList<int> Multipliers(List<int> sides, int width) => [.. sides.Select(side => Extent($"enc.{side}x{side}_block0.conv1.weight", 0) / Math.Max(1, width))];

    private int Blocks(List<int> sides) => Enumerable.Range(0, 64).TakeWhile(i => Has($"enc.{sides[0]}x{sides[0]}_block{i}.conv0.weight")).Count();

    private IReadOnlyList<int> Attentive(List<int> sides) => [.. sides.Where(side => Has($"enc.{side}x{side}_block0.qkv.weight"))];

    private bool Any(List<int> sides, string part) => sides.Any(side => Has($"enc.{side}x{side}_{part}.weight"));

    private double[] Filter()
    {
        string? name = store.Tensors.Keys.FirstOrDefault(key => key.StartsWith(prefix, StringComparison.Ordinal) && key.EndsWith(".resample_filter", StringComparison.Ordinal));
        if (name is null)
        {
            // Without the buffers: NCSN++ has the wide one, DDPM++ the narrow one.
            return Has("map_noise.freqs") ? [1, 3, 3, 1] : [1, 1];
        }

        IReadOnlyList<long> shape = store.Tensors[name].Shape;
        if (shape is not [1, 1, > 0 and <= 16, > 0 and <= 16] || shape[2] != shape[3])
        {
            throw new InvalidDataException($"{name} of {store.Name} must have shape [1, 1, k, k], but has {store.Tensors[name].ShapeText}.");
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor kernel = empty([.. shape], dtype: ScalarType.Float64);
        store.CopyTo(name, kernel);
        return kernel.sum([0, 1, 2]).data<double>().ToArray();
    }

    private bool Has(string name) => store.Tensors.ContainsKey(prefix + name);

    private int Extent(string name, int axis) => store.Tensors.TryGetValue(prefix + name, out TensorInfo? info) && info.Shape.Count > axis && info.Shape[axis] is > 0 and <= 1 << 20
        ? (int)info.Shape[axis]
        : throw new InvalidDataException($"{store.Name} must hold {prefix}{name} with at least {axis + 1} extents, but {(info is null ? "does not" : $"it has shape {info.ShapeText}")}.");

    [GeneratedRegex(@"^enc\.(?<side>\d{1,5})x\k<side>_conv\.weight$", RegexOptions.CultureInvariant)]
    private static partial Regex FirstConvolution();
}
