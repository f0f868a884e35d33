using Sjc.Numerics.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>The tensors of one safetensors file.</summary>
public sealed class SafetensorsStore : ITensorStore
{
    private readonly SafetensorsFile file;

    private SafetensorsStore(string name, SafetensorsFile file)
    {
        Name = name;
        this.file = file;
        Tensors = file.Header.Entries.ToDictionary(entry => entry.Name, entry => new TensorInfo(TypeOf(entry.DataType), entry.Shape));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">It breaks the format.</exception>
    public static SafetensorsStore Open(string path)
    {
        TorchRuntime.Initialize();
        return new SafetensorsStore(Path.GetFileName(path), SafetensorsFile.Read(path));
    }

    /// <inheritdoc/>
    public void CopyTo(string name, Tensor destination)
    {
        if (destination.device_type == DeviceType.META)
        {
            return;
        }

        using IDisposable scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        Tensor values = empty(destination.shape, dtype: Tensors[name].DataType);
        file.Bytes(name).CopyTo(values.bytes);
        destination.copy_(values);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
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
