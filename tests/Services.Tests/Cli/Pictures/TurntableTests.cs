using Sjc.Cli.Pictures;
using SkiaSharp;

namespace Sjc.Services.Tests.Cli.Pictures;

public sealed class TurntableTests
{
    [Fact]
    public void WriteWebp_FourFrames_DecodesAsFourFramesThatRepeat()
    {
        using TemporaryFolder folder = new();
        SKColor[] colours = [SKColors.Red, SKColors.Lime, SKColors.Blue, SKColors.Yellow];
        string path = folder.File("turntable.webp");

        Turntable.WriteWebp(path, [.. colours.Select(Frame)]);

        using SKCodec codec = SKCodec.Create(path);
        Assert.Equal(SKEncodedImageFormat.Webp, codec.EncodedFormat);
        Assert.Equal(4, codec.FrameCount);
        Assert.Equal(-1, codec.RepetitionCount); // for ever
        Assert.All(codec.FrameInfo, frame => Assert.Equal(1000 / Turntable.FramesPerSecond, frame.Duration));
        for (int i = 0; i < colours.Length; i++)
        {
            using SKBitmap bitmap = new(codec.Info);
            Assert.Equal(SKCodecResult.Success, codec.GetPixels(bitmap.Info, bitmap.GetPixels(), new SKCodecOptions(i)));
            SKColor pixel = bitmap.GetPixel(16, 16);
            Assert.InRange(Math.Abs(pixel.Red - colours[i].Red) + Math.Abs(pixel.Green - colours[i].Green) + Math.Abs(pixel.Blue - colours[i].Blue), 0, 24); // lossy
        }
    }

    [Fact]
    public async Task TryWriteMp4Async_ProgramThatFails_SaysWhy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "needs a POSIX shell");
        using TemporaryFolder folder = new();
        string program = Script(folder, "echo no such codec >&2; exit 3");

        string? problem = await Turntable.TryWriteMp4Async(folder.File("t.mp4"), [Frame(SKColors.Red)], program, TestContext.Current.CancellationToken);

        Assert.Contains("no such codec", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryWriteMp4Async_ProgramThatReadsFrames_GetsEachFrameThreeTimes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "needs a POSIX shell");
        using TemporaryFolder folder = new();
        byte[][] frames = [Frame(SKColors.Red), Frame(SKColors.Blue)];
        string program = Script(folder, "for last; do :; done; cat > \"$last\"");
        string path = folder.File("t.mp4");

        Assert.Null(await Turntable.TryWriteMp4Async(path, frames, program, TestContext.Current.CancellationToken));

        Assert.Equal(3 * frames.Sum(frame => frame.Length), new FileInfo(path).Length);
    }

    private static byte[] Frame(SKColor colour)
    {
        using SKBitmap bitmap = new(32, 32);
        bitmap.Erase(colour);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static string Script(TemporaryFolder folder, string body)
    {
        string path = folder.File("program");
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
