using System.Diagnostics;
using Sjc.Golden;
using Sjc.TorchNativeMend;

namespace Sjc.Diffusion.Tests.TorchNativeMend;

/// <summary>What the build does to a published folder: a program published on an older system must run there.</summary>
public sealed class PublishedLibraryTests
{
    [Theory]
    [InlineData("runtimes/linux-x64/native/libLibTorchSharp.so")]
    [InlineData("libLibTorchSharp.so")]
    public async Task Publish_LibraryThatThisSystemCannotLoad_IsMended(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library is Linux'.");
        string folder = Directory.CreateTempSubdirectory("sjc-publish-").FullName;
        string library = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(library)!);
        byte[] image = ElfLibrary.Build(["GLIBCXX_3.4.29", NativeLibraryMender.MissingVersion], (ElfLibrary.MissingSymbol, 1));
        await File.WriteAllBytesAsync(library, image, TestContext.Current.CancellationToken);
        string[] arguments =
        [
            "msbuild", Path.Combine(GoldenFolder.RepositoryRoot, "services/ScoreServer/Service/Sjc.ScoreServer.csproj"), "-t:MendPublishedTorchSharp", "-p:Configuration=Release", $"-p:PublishDir={folder}/", "-nologo", "-nodeReuse:false",
        ];

        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        byte[] published = await File.ReadAllBytesAsync(library, TestContext.Current.CancellationToken);
        Directory.Delete(folder, recursive: true);

        Assert.True(process.ExitCode == 0, output);
        Assert.Equal(SystemLibstdcxx.ProvidesVersion(NativeLibraryMender.MissingVersion), published.SequenceEqual(image));
    }
}
