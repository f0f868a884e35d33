using Sjc.Diffusion.Checkpoints.Elements;
using Sjc.Numerics.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>The tensors of one safetensors file, mapped into memory: bytes are read when a tensor is filled.</summary>
public sealed class SafetensorsStore : ITensorStore
{
    private readonly MappedFile file;
    private readonly bool inPlace;
    private readonly Dictionary<string, long> offsets = new(StringComparer.Ordinal);
    private readonly Dictionary<ScalarType, Tensor> mappings = [];

    private SafetensorsStore(MappedFile file, SafetensorsHeader header, bool inPlace)
    {
        this.file = file;
        this.inPlace = inPlace && !OperatingSystem.IsWindows(); // where a mapped file can be neither replaced nor deleted
        Metadata = header.Metadata;
        Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in header.Entries)
        {
            offsets[entry.Name] = header.DataStart + entry.Offset;
            tensors[entry.Name] = new TensorInfo(TypeOf(entry.DataType), entry.Shape);
        }

        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string Name => file.Name;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The file's metadata strings.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="inPlace">Whether <see cref="TryMap"/> may hand out the file's own pages; they must stay as they are for as long as the tensors live.</param>
    /// <exception cref="InvalidDataException">It breaks the format, or is something else by that name.</exception>
    public static SafetensorsStore Open(string path, bool inPlace = true)
    {
        TorchRuntime.Initialize();
        string name = Path.GetFileName(path);
        if (CheckpointFormats.Of(path) != CheckpointFormat.Safetensors)
        {
            throw new InvalidDataException($"{name} must be a safetensors file, but is a checkpoint of torch.");
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            SafetensorsHeader header = SafetensorsHeader.Read(stream);
            return new SafetensorsStore(MappedFile.Open(path), header, inPlace);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{name}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void CopyTo(string name, Tensor destination)
    {
        if (destination.device_type != DeviceType.META)
        {
            ScalarType type = Tensors[name].DataType;
            TensorFill.Fill($"{name} of {Name}", new MappedElements(file, offsets[name], ElementTypes.Size(type)), type, destination);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Needs an offset in the file that is a multiple of the element's size: the format promises none.</remarks>
    public Tensor? TryMap(string name, ScalarType dataType, Device device)
    {
        TensorInfo info = Tensors[name];
        int size = ElementTypes.Size(info.DataType);
        if (!inPlace || info.DataType != dataType || device.type != DeviceType.CPU || info.ElementCount == 0 || offsets[name] % size != 0)
        {
            return null;
        }

        using IDisposable scope = NewDisposeScope();
        if (!mappings.TryGetValue(dataType, out Tensor? whole))
        {
            mappings[dataType] = whole = from_file(file.Path, shared: false, size: file.Length / size, dtype: dataType).DetachFromDisposeScope();
        }

        Tensor tensor = whole.narrow(0, offsets[name] / size, info.ElementCount).view([.. info.Shape]);
        Finiteness.RequireMapped($"{name} of {Name}", tensor);
        return tensor.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor mapping in mappings.Values)
        {
            mapping.Dispose();
        }

        file.Dispose();
    }

    private static ScalarType TypeOf(SafetensorsDataType type) => type switch
    {
        SafetensorsDataType.F64 => ScalarType.Float64,
        SafetensorsDataType.F32 => ScalarType.Float32,
        SafetensorsDataType.F16 => ScalarType.Float16,
        SafetensorsDataType.BF16 => ScalarType.BFloat16,
        SafetensorsDataType.I64 => ScalarType.Int64,
        SafetensorsDataType.I32 => ScalarType.Int32,
        SafetensorsDataType.I16 => ScalarType.Int16,
        SafetensorsDataType.I8 => ScalarType.Int8,
        SafetensorsDataType.U8 => ScalarType.Byte,
        _ => ScalarType.Bool,
    };
}
