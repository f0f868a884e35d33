using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sjc.Services.Tests.Deploy;

/// <summary>Programs carry native libraries of the platform that they are built on, not of all that a package knows (Directory.Build.targets).</summary>
public sealed partial class NativeLibraryTests
{
    [Fact]
    public void Dependencies_OfSkia_AreOfOnePlatform()
    {
        string file = Path.Combine(AppContext.BaseDirectory, $"{Assembly.GetExecutingAssembly().GetName().Name}.deps.json");
        using JsonDocument dependencies = JsonDocument.Parse(File.ReadAllText(file));

        string[] platforms = [.. SkiaPattern().Matches(dependencies.RootElement.GetProperty("targets").GetRawText()).Select(match => match.Groups[1].Value).Distinct()];

        Assert.Single(platforms);
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "runtimes", platforms[0], "native", SkiaName())), $"libSkiaSharp must lie under runtimes/{platforms[0]}, but does not.");
    }

    private static string SkiaName() => OperatingSystem.IsWindows() ? "libSkiaSharp.dll" : OperatingSystem.IsMacOS() ? "libSkiaSharp.dylib" : "libSkiaSharp.so";

    [GeneratedRegex("\"runtimes/([^/\"]+)/native/libSkiaSharp")]
    private static partial Regex SkiaPattern();
}
