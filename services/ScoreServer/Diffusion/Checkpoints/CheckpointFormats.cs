namespace Sjc.Diffusion.Checkpoints;

/// <summary>Tells what a weights file is from its first bytes, and what people take for one by mistake.</summary>
internal static class CheckpointFormats
{
    private const int HeadBytes = 512;
    private const int TarMark = 257;

    /// <summary>The format of a file.</summary>
    /// <exception cref="InvalidDataException">It is empty, a web page, a git-lfs pointer, or nothing known.</exception>
    public static CheckpointFormat Of(string path)
    {
        string name = Path.GetFileName(path);
        byte[] head = new byte[HeadBytes];
        using (FileStream stream = File.OpenRead(path))
        {
            head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }

        if (Impostor(head) is { } impostor)
        {
            throw new InvalidDataException($"{name} must hold a checkpoint, but is {impostor}.");
        }

        bool isPickle = head.AsSpan().StartsWith("PK\x03\x04"u8) || (head.Length >= 2 && head[0] == 0x80 && head[1] is >= 2 and <= 5 && !HasHeader(head));
        if (isPickle)
        {
            return CheckpointFormat.Pickle;
        }

        return HasHeader(head) || name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? CheckpointFormat.Safetensors
            : throw new InvalidDataException($"{name} must be a checkpoint (safetensors, or torch's as a zip file or of before torch 1.6), but begins like none.");
    }

    /// <summary>Eight bytes of length, of which at least the upper four are 0, then a JSON object.</summary>
    private static bool HasHeader(ReadOnlySpan<byte> head) => head.Length > 8 && head[8] == '{' && head[4..8].IndexOfAnyExcept((byte)0) < 0;

    private static string? Impostor(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> text = head.TrimStart("\uFEFF \t\r\n"u8);
        if (head.IsEmpty)
        {
            return "empty";
        }

        if (text.StartsWith("version https://git-lfs"u8))
        {
            return "a git-lfs pointer: fetch the file itself with git lfs pull";
        }

        if (text.StartsWith("<"u8))
        {
            return "a web page: the download gave a page instead of the file";
        }

        if (head[0] == 0x80 && head.IndexOf("torch_utils.persistence"u8) >= 0)
        {
            return "a pickle of a whole network with its source, as EDM is published: convert it to safetensors first, as docs/models.md shows";
        }

        return head.Length > TarMark + 5 && head[TarMark..].StartsWith("ustar"u8)
            ? "a tar file, which torch wrote before 0.1.10: convert it with a later torch"
            : null;
    }
}
