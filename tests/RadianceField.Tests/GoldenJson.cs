using System.Text.Json;
using Sjc.Golden;

namespace Sjc.RadianceField.Tests;

/// <summary>Reads what golden files hold as JSON text in their metadata.</summary>
internal static class GoldenJson
{
    /// <summary>The configuration under a metadata key.</summary>
    internal static JsonElement Config(this GoldenCase golden, string key = "cfg") => JsonDocument.Parse(golden.Metadata[key]).RootElement;

    /// <summary>The prefixes p of metadata keys <c>{p}.{suffix}</c>, where p starts with <paramref name="start"/>.</summary>
    internal static IEnumerable<string> Groups(this GoldenCase golden, string start, string suffix = ".cfg") =>
        golden.Metadata.Keys.Where(key => key.StartsWith(start, StringComparison.Ordinal) && key.EndsWith(suffix, StringComparison.Ordinal))
            .Select(key => key[..^suffix.Length]);

    internal static int Int(this JsonElement config, string name) => config.GetProperty(name).GetInt32();

    internal static double Double(this JsonElement config, string name) => config.GetProperty(name).GetDouble();

    internal static double[] Doubles(this JsonElement config, string name) =>
        [.. config.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
}
