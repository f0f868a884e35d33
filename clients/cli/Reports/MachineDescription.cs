using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sjc.Cli.Reports;

/// <summary>What figures and runs were made on and with.</summary>
internal static class MachineDescription
{
    /// <summary>The processor's name, or its architecture where the system does not tell.</summary>
    public static string Processor { get; } = ReadProcessor();

    /// <summary>Name and version of what computes: the product, .NET and the numerical libraries in use.</summary>
    public static IReadOnlyDictionary<string, string> Versions { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["sjc"] = ProductVersion,
        ["dotnet"] = Environment.Version.ToString(),
        ["torchsharp"] = AssemblyVersion("TorchSharp"),
        ["skiasharp"] = AssemblyVersion("SkiaSharp"),
    };

    /// <summary>The product's version.</summary>
    public static string ProductVersion => InformationalVersion(typeof(MachineDescription).Assembly);

    /// <summary>Writes the members <c>machine</c> and <c>versions</c>.</summary>
    public static void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("machine");
        writer.WriteString("processor", Processor);
        writer.WriteNumber("cores", Environment.ProcessorCount);
        writer.WriteNumber("memory_bytes", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        writer.WriteString("os", RuntimeInformation.OSDescription);
        writer.WriteString("architecture", RuntimeInformation.ProcessArchitecture.ToString());
        writer.WriteEndObject();
        writer.WriteStartObject("versions");
        foreach ((string library, string version) in Versions)
        {
            writer.WriteString(library, version);
        }

        writer.WriteEndObject();
    }

    /// <summary>The same members as a tree.</summary>
    public static JsonNode ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            WriteTo(writer);
            writer.WriteEndObject();
        }

        return JsonNode.Parse(stream.ToArray())!;
    }

    private static string AssemblyVersion(string name)
    {
        try
        {
            return InformationalVersion(Assembly.Load(name));
        }
        catch (FileNotFoundException)
        {
            return "not present";
        }
    }

    private static string InformationalVersion(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? assembly.GetName().Version!.ToString();

    private static string ReadProcessor()
    {
        const string CpuInfo = "/proc/cpuinfo";
        string? line = File.Exists(CpuInfo) ? File.ReadLines(CpuInfo).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
