using System.IO.MemoryMappedFiles;
using Sjc.Diffusion.Checkpoints.Elements;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>A file mapped into memory for reading: bytes come from the page cache when they are looked at, and none are copied.</summary>
/// <remarks>As with every mapping, a file that somebody shortens while it is open ends the process when the missing part is read.</remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;

    private MappedFile(string path, MemoryMappedFile file, long length)
    {
        Path = path;
        this.file = file;
        Length = length;
        view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>What messages call it.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Bytes in all.</summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="InvalidDataException">It is empty.</exception>
    public static MappedFile Open(string path)
    {
        // The stream's length, not the path's: caches of downloads hold links.
        FileStream stream = File.OpenRead(path);
        long length = stream.Length;
        if (length > 0)
        {
            return new MappedFile(path, MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false), length);
        }

        stream.Dispose();
        throw new InvalidDataException($"{System.IO.Path.GetFileName(path)} must hold a checkpoint, but is empty.");
    }

    /// <summary>A part of the file.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not wholly inside.</exception>
    public ReadOnlySpan<byte> Span(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        ObjectDisposedException.ThrowIf(view.SafeMemoryMappedViewHandle.IsClosed, this);
        return new ReadOnlySpan<byte>(start + offset, count);
    }

    /// <summary>A part of the file, cut off at its end and at <paramref name="maxCount"/> bytes.</summary>
    public ReadOnlySpan<byte> SpanFrom(long offset, int maxCount) => Span(offset, (int)Math.Min(maxCount, Length - offset));

    /// <summary>A part of the file as a stream.</summary>
    public UnmanagedMemoryStream Stream(long offset, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        return new UnmanagedMemoryStream(start + offset, count);
    }

    /// <summary>Lets go of the pages wholly inside a part, so that they no longer count as this process's memory; they stay in the page cache.</summary>
    public void Release(long offset, long count) => MemoryAdvice.Release(start + offset, count);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!view.SafeMemoryMappedViewHandle.IsClosed)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file.Dispose();
        }
    }
}
