namespace Sjc.TorchNativeMend;

/// <summary>Replaces a file of an output folder that may be a hard link into the package cache.</summary>
internal static class FileReplacement
{
    /// <summary>Writes a new file in the place of the old one, with its mode and modification time; other links to the old one stay as they are.</summary>
    public static void Write(string path, ReadOnlySpan<byte> contents)
    {
        DateTime modified = File.GetLastWriteTimeUtc(path);
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(temporary, contents);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
        }

        File.SetLastWriteTimeUtc(temporary, modified);
        File.Move(temporary, path, overwrite: true);
    }
}
