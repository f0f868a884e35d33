using System.Runtime.InteropServices;
using System.Text.Json;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.GpuCheck;

/// <summary>The figures, in the form of <c>sjc bench --json</c>.</summary>
internal sealed class CheckReport(CudaProbe probe, CudaDeviceInfo device)
{
    private readonly List<(string Case, string Metric, double Value, string Unit)> results = [];

    /// <summary>What was checked.</summary>
    public CudaDeviceInfo Device { get; } = device;

    /// <summary>Adds a figure.</summary>
    public void Add(string @case, string metric, double value, string unit) => results.Add((@case, metric, value, unit));

    /// <summary>Writes {"name", "machine", "versions", "results": [{"case", "metric", "value", "unit"}]}.</summary>
    public void WriteJson(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream stream = File.Create(path);
        using Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("name", "gpu-check");
        writer.WriteStartObject("machine");
        writer.WriteString("gpu", Device.Name);
        writer.WriteNumber("gpu_memory_bytes", Device.MemoryBytes);
        writer.WriteString("compute_capability", $"{Device.Architecture / 10}.{Device.Architecture % 10}");
        writer.WriteNumber("cores", Environment.ProcessorCount);
        writer.WriteString("os", RuntimeInformation.OSDescription);
        writer.WriteEndObject();
        writer.WriteStartObject("versions");
        writer.WriteString("sjc", typeof(CheckReport).Assembly.GetName().Version!.ToString(3));
        writer.WriteString("dotnet", Environment.Version.ToString());
        writer.WriteString("cuda_driver", probe.DriverVersion);
        writer.WriteString("nvrtc", probe.CompilerVersion);
        writer.WriteEndObject();
        writer.WriteStartArray("results");
        foreach ((string name, string metric, double value, string unit) in results)
        {
            writer.WriteStartObject();
            writer.WriteString("case", name);
            writer.WriteString("metric", metric);
            if (double.IsFinite(value))
            {
                writer.WriteNumber("value", value);
            }
            else
            {
                writer.WriteNull("value");
            }

            writer.WriteString("unit", unit);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
