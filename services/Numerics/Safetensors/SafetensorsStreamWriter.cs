namespace Sjc.Numerics.Safetensors;

/// <summary>Writes a safetensors file of any size front to back: names, types and shapes first, then the tensors' bytes as they come. The file appears when it is complete.</summary>
public sealed class SafetensorsStreamWriter : IDisposable
{
    private readonly string path;
    private readonly FileStream stream;
    private readonly long length;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Replaced when the file is complete; until then the bytes lie in PATH.tmp.</param>
    /// <param name="metadata">The file's metadata strings.</param>
    /// <param name="tensors">In the order in which their bytes will come.</param>
    public SafetensorsStreamWriter(string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<(string Name, SafetensorsDataType DataType, IReadOnlyList<long> Shape)> tensors)
    {
        this.path = path;
        byte[] header = SafetensorsHeaderText.Build(metadata, tensors);
        length = header.Length + tensors.Sum(tensor => SafetensorsHeaderText.ByteCount(tensor.DataType, tensor.Shape));
        stream = File.Create(TemporaryPath);
        stream.Write(header);
    }

    private string TemporaryPath => path + ".tmp";

    /// <summary>Writes the next bytes.</summary>
    /// <exception cref="ArgumentException">They are more than the tensors have.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (stream.Position + bytes.Length > length)
        {
            throw new ArgumentException($"{nameof(bytes)} must be at most the {length - stream.Position} that the tensors lack, but are {bytes.Length}.", nameof(bytes));
        }

        stream.Write(bytes);
    }

    /// <summary>Moves the file into place.</summary>
    /// <exception cref="InvalidOperationException">Bytes are lacking.</exception>
    public void Complete()
    {
        if (stream.Position != length)
        {
            throw new InvalidOperationException($"The tensors must have all of their bytes, but lack {length - stream.Position}.");
        }

        stream.Dispose();
        File.Move(TemporaryPath, path, overwrite: true);
    }

    /// <summary>Gives up the file where it is not complete.</summary>
    public void Dispose()
    {
        stream.Dispose();
        File.Delete(TemporaryPath);
    }
}
