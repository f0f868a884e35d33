using System.Reflection;

namespace Sjc.Golden;

/// <summary>The golden cases: the folder named by SJC_GOLDEN, by default the copies under tests/golden.</summary>
public static class GoldenFolder
{
    /// <summary>The folder, with <c>sjc/</c> and <c>models/</c> inside.</summary>
    public static string Root => Environment.GetEnvironmentVariable("SJC_GOLDEN") is { Length: > 0 } folder ? folder : Default;

    /// <summary>Whether the cases are the repository's own: there, a kind without a case is a failure.</summary>
    public static bool IsDefault => Path.GetFullPath(Root) == Path.GetFullPath(Default);

    /// <summary>The repository's root.</summary>
    public static string RepositoryRoot => Path.GetFullPath(Path.Combine(Default, "..", ".."));

    private static string Default => typeof(GoldenFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "GoldenFolder").Value!;

    /// <summary>Files of a sub-folder that match a pattern such as <c>render_*.safetensors</c>, in order of name. Where there is none,
    /// the one case <see cref="NoCase"/>: pass it to <see cref="GoldenCase.Open"/>, which fails or skips as the folder demands.</summary>
    public static IEnumerable<string> Find(string subfolder, string pattern)
    {
        string folder = Path.Combine(Root, subfolder);
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, pattern).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)] : [];
        return files.Length > 0 ? files : [NoCase];
    }

    /// <summary>Sub-folders of a sub-folder that match a pattern and hold a file, in order of name; where there is none, <see cref="NoCase"/>.</summary>
    public static IEnumerable<string> FindFolders(string subfolder, string pattern, string file)
    {
        string folder = Path.Combine(Root, subfolder);
        string[] found = Directory.Exists(folder)
            ? [.. Directory.GetDirectories(folder, pattern).Where(path => File.Exists(Path.Combine(path, file))).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
            : [];
        return found.Length > 0 ? found : [NoCase];
    }

    /// <summary>A file or folder that is too large for the repository: below <see cref="Root"/>, else below <c>shared/golden</c> beside the repository; null where it is in neither.</summary>
    public static string? FindLarge(string path) =>
        ((string[])[Root, Path.Combine(RepositoryRoot, "..", "shared", "golden")]).Select(folder => Path.GetFullPath(Path.Combine(folder, path))).FirstOrDefault(Path.Exists);

    /// <summary>Stands for “no case of this kind was found”.</summary>
    public const string NoCase = "(none)";
}
