using System.Text.RegularExpressions;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>Finds the weights of one network in its folder: one file, or shards with an index, in a variant such as fp16 or none.</summary>
internal static partial class WeightFiles
{
    /// <summary>Opens the weights.</summary>
    /// <param name="folder">Such as <c>…/unet</c>.</param>
    /// <param name="name">What messages call the folder.</param>
    /// <param name="variant">Such as "fp16"; null: none where there is one without, else the only one or fp16.</param>
    /// <param name="inPlace">As of <see cref="SafetensorsStore.Open"/>.</param>
    /// <exception cref="InvalidDataException">There are none, or they are damaged.</exception>
    public static WeightFile Open(string folder, string name, string? variant, bool inPlace)
    {
        List<Candidate> candidates = [.. Directory.EnumerateFiles(folder).Select(path => Candidate.Of(Path.GetFileName(path))).OfType<Candidate>()];
        string[] variants = [.. candidates.Select(candidate => candidate.Variant).Distinct().Order(StringComparer.Ordinal)];
        if (candidates.Count == 0)
        {
            throw new InvalidDataException($"{name} must hold weights (*.safetensors, *.bin or *.index.json), but does not.");
        }

        string chosen = variant ?? (variants.Contains("") ? "" : variants.Length == 1 ? variants[0] : "fp16");
        Candidate best = candidates.Where(candidate => candidate.Variant == chosen).Order().FirstOrDefault()
            ?? throw new InvalidDataException($"{name} must hold weights of variant {(chosen.Length > 0 ? chosen : "none")}, but holds {string.Join(", ", variants.Select(other => other.Length > 0 ? other : "none"))}.");
        string path = Path.Combine(folder, best.FileName);
        return best.IsIndex ? new WeightFile(ShardedStore.Open(path, $"{name}/{best.FileName}", inPlace), null) : WeightFile.Open(path, inPlace);
    }

    /// <summary>Whether a folder holds weights.</summary>
    public static bool Exist(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any(path => Candidate.Of(Path.GetFileName(path)) is not null);

    [GeneratedRegex(@"^(?<stem>diffusion_pytorch_model|model|pytorch_model)(\.(?<variant>\w+))?\.(?<format>safetensors|bin)(?<index>\.index(\.(?<variant>\w+))?\.json)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    /// <summary>A file that holds weights or lists the files that do. In order of preference: safetensors first, whole files before shards.</summary>
    private sealed record Candidate(string FileName, string Variant, bool IsSafetensors, bool IsIndex) : IComparable<Candidate>
    {
        public static Candidate? Of(string fileName) => Pattern().Match(fileName) is { Success: true } match
            ? new Candidate(fileName, match.Groups["variant"].Value, match.Groups["format"].Value == "safetensors", match.Groups["index"].Success)
            : null;

        public int CompareTo(Candidate? other) => other is null ? 1 : (!IsSafetensors, IsIndex, FileName).CompareTo((!other.IsSafetensors, other.IsIndex, other.FileName));
    }
}
