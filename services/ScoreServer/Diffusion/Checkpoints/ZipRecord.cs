namespace Sjc.Diffusion.Checkpoints;

/// <summary>Where one entry of a zip file lies.</summary>
/// <param name="Name">Its full name; never used as a path.</param>
/// <param name="IsCompressed">Deflated, else stored as it is.</param>
/// <param name="Offset">Of its first byte in the file.</param>
/// <param name="StoredByteCount">Bytes in the file.</param>
/// <param name="ByteCount">Bytes of the content, as the directory declares.</param>
internal sealed record ZipRecord(string Name, bool IsCompressed, long Offset, long StoredByteCount, long ByteCount);
