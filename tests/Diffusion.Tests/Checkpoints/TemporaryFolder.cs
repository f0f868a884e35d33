using Sjc.Numerics.Safetensors;

namespace Sjc.Diffusion.Tests.Checkpoints;

/// <summary>A folder of a test's own files.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sjc-checkpoints-").FullName;

    /// <summary>A path inside, in a sub-folder that is made where it is missing.</summary>
    public string File(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    public string WriteText(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public string WriteTensors(string name, SafetensorsWriter writer)
    {
        writer.WriteAtomically(File(name));
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
