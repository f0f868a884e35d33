using System.Diagnostics;
using SkiaSharp;

namespace Sjc.Cli.Pictures;

/// <summary>Frames of one turn around an object as a film that plays for ever.</summary>
internal static class Turntable
{
    /// <summary>Frames shown in a second.</summary>
    public const int FramesPerSecond = 20;

    private const float WebpQuality = 90;

    /// <summary>Writes an animated WebP file, lossy at high quality.</summary>
    public static void WriteWebp(string path, IReadOnlyList<byte[]> framePngs)
    {
        SKBitmap[] bitmaps = [.. framePngs.Select(png => PictureFile.Decode(png))];
        try
        {
            TimeSpan duration = TimeSpan.FromSeconds(1.0 / FramesPerSecond);
            SKWebpEncoderFrame[] frames = [.. bitmaps.Select(bitmap => new SKWebpEncoderFrame(bitmap, duration))];
            using SKData data = SKWebpEncoder.EncodeAnimated(frames, new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossy, WebpQuality))
                ?? throw new InvalidDataException($"The turntable must have frames of one size that WebP can hold, but its {frames.Length} frames could not be encoded.");
            PictureFile.ReplaceFile(path, data.AsSpan());
        }
        finally
        {
            Array.ForEach(bitmaps, bitmap => bitmap.Dispose());
        }
    }

    /// <summary>Writes an mp4 file with ffmpeg; three turns, since players stop at the end.</summary>
    /// <returns>Null, or why there is no file.</returns>
    public static async Task<string?> TryWriteMp4Async(string path, IReadOnlyList<byte[]> framePngs, string ffmpeg, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(ffmpeg) { RedirectStandardInput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "-y", "-loglevel", "error", "-f", "image2pipe", "-framerate", $"{FramesPerSecond}", "-i", "-",
            "-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", path,
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            foreach (byte[] png in Enumerable.Repeat(framePngs, 3).SelectMany(turn => turn))
            {
                await process.StandardInput.BaseStream.WriteAsync(png, cancellationToken);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // ffmpeg ended early; it says why on standard error.
        }

        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? null : $"ffmpeg failed: {(await errors).Trim().ReplaceLineEndings(" ")}";
    }
}
