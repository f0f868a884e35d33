using System.Buffers.Binary;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>A training render as a PNG file.</summary>
internal sealed class PreviewPicture(byte[] png, int width, int height)
{
    // A PNG file begins with 8 bytes of signature, then the chunk IHDR: length, name, width, height.
    private const int WidthOffset = 16;
    private const int HeightOffset = 20;

    public byte[] Png { get; } = png;

    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>Reads the size from a stored file.</summary>
    /// <returns>Null where the bytes are no PNG file.</returns>
    public static PreviewPicture? FromPng(byte[] png) =>
        png.Length > HeightOffset + sizeof(int) && png.AsSpan(1, 3).SequenceEqual("PNG"u8)
            ? new PreviewPicture(png, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(WidthOffset)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(HeightOffset)))
            : null;
}
