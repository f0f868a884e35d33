using System.Security.Cryptography;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Files that are there whole or not at all, whenever the process is killed.</summary>
internal static class AtomicFile
{
    /// <summary>Ends the names of files that are being written; whatever bears it at start is rubbish.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a temporary file beside <paramref name="path"/>, flushes it to disk and renames it into place.</summary>
    /// <returns>SHA-256 of what was written, lower-case hex.</returns>
    public static string Write(string path, Action<Stream> write)
    {
        string temporary = path + TemporarySuffix;
        using SHA256 hash = SHA256.Create();
        using (FileStream file = File.Create(temporary))
        {
            using (CryptoStream hashed = new(file, hash, CryptoStreamMode.Write, leaveOpen: true))
            {
                write(hashed);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return Convert.ToHexStringLower(hash.Hash!);
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static string Write(string path, byte[] content) => Write(path, stream => stream.Write(content));
}
