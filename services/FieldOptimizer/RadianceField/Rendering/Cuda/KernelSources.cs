using System.Globalization;
using System.Reflection;
using System.Text;

namespace Sjc.RadianceField.Rendering.Cuda;

/// <summary>The kernels' CUDA C++, which is embedded in this assembly.</summary>
internal static class KernelSources
{
    private const string Folder = "Sjc.RadianceField.Rendering.Cuda.Sources.";

    /// <summary>All files in the order of their names, each under a <c>#line</c> with its name, so that a compiler's message names the file.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        Assembly assembly = typeof(KernelSources).Assembly;
        StringBuilder text = new();
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
            text.Append(CultureInfo.InvariantCulture, $"#line 1 \"{name[Folder.Length..]}\"\n").Append(reader.ReadToEnd().ReplaceLineEndings("\n"));
        }

        return text.ToString();
    }
}
