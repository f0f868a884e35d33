using System.Text.Json;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Networks.Pixel;

/// <summary>Finds golden pixel models: in folders whose names begin alike, by their file of inputs and outputs.</summary>
internal static class PixelCases
{
    private const string Suffix = ".io.safetensors";

    /// <summary>Of a kind that has a folder with many cases: "adm/lsun-like" for NAME.io.safetensors.</summary>
    /// <param name="prefix">Of the folders' names.</param>
    /// <param name="isOfKind">Whether a case's configuration, NAME.json, is of the kind.</param>
    public static IEnumerable<string> InFolders(string prefix, Func<JsonElement, bool> isOfKind) => OrNone(
        Folders(prefix).SelectMany(folder => Directory.GetFiles(folder, "*" + Suffix))
            .Where(file => isOfKind(JsonDocument.Parse(File.ReadAllBytes(file[..^Suffix.Length] + ".json")).RootElement))
            .Select(file => $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)[..^Suffix.Length]}"));

    /// <summary>Whether a configuration of guided diffusion is a classifier's.</summary>
    public static bool IsClassifier(JsonElement config) => config.TryGetProperty("kind", out JsonElement kind) && kind.GetString() == "classifier";

    /// <summary>Of a kind that has a folder for each case: "ncsnv2/checkpoint.pth" for each checkpoint.</summary>
    /// <param name="prefix">Of the folders' names.</param>
    public static IEnumerable<string> Checkpoints(string prefix) => OrNone(
        Folders(prefix).SelectMany(folder => Directory.GetFiles(folder, "checkpoint*.pth"))
            .Select(file => $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)}"));

    /// <summary>Inputs and outputs of a case of <see cref="InFolders"/>.</summary>
    public static GoldenCase OpenNamed(string name) =>
        GoldenCase.Open("models", name == GoldenFolder.NoCase ? name : name + Suffix, Assert.Skip);

    /// <summary>Inputs and outputs of a case of <see cref="Checkpoints"/>.</summary>
    public static GoldenCase OpenBeside(string checkpoint) =>
        GoldenCase.Open("models", checkpoint == GoldenFolder.NoCase ? checkpoint : $"{Path.GetDirectoryName(checkpoint)}/io.safetensors", Assert.Skip);

    private static string[] Folders(string prefix)
    {
        string root = Path.Combine(GoldenFolder.Root, "models");
        return Directory.Exists(root) ? [.. Directory.GetDirectories(root, prefix + "*").Order(StringComparer.Ordinal)] : [];
    }

    private static string[] OrNone(IEnumerable<string> found) => found.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } names ? names : [GoldenFolder.NoCase];
}
