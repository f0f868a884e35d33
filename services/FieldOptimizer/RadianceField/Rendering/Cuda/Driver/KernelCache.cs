using System.Security.Cryptography;
using System.Text;

namespace Sjc.RadianceField.Rendering.Cuda.Driver;

/// <summary>Compiled kernels on disk, so that only the first start on a machine compiles.</summary>
/// <param name="folder">Made where it is missing. A folder that cannot be written to costs time at each start, nothing else.</param>
internal sealed class KernelCache(string folder)
{
    /// <summary>Names another folder than the user's cache.</summary>
    public const string FolderVariable = "SJC_KERNEL_CACHE";

    /// <summary>The folder of this user, or the one that the environment names.</summary>
    public static KernelCache Default { get; } = new(DefaultFolder());

    /// <summary>Where the files lie.</summary>
    public string Folder => folder;

    /// <summary>The name of a compilation's result: it changes with everything that the result depends on.</summary>
    /// <param name="source">CUDA C++.</param>
    /// <param name="options">The compiler's.</param>
    /// <param name="compilerVersion">NVRTC's.</param>
    /// <param name="driverVersion">The driver's, as it reports it.</param>
    /// <param name="architecture">Of the device, such as 90.</param>
    public static string Key(string source, IReadOnlyList<string> options, string compilerVersion, int driverVersion, int architecture)
    {
        // Each part is told apart from the next by its length.
        string[] parts = [source, .. options, compilerVersion, $"{driverVersion}", $"{architecture}"];
        string all = string.Concat(parts.Select(part => $"{part.Length}:{part}"));
        return $"sm{architecture}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..32]}";
    }

    /// <summary>The file of a key.</summary>
    public string PathOf(string key) => Path.Combine(folder, $"{key}.bin");

    /// <summary>What was kept under a key; null: nothing that is whole.</summary>
    public byte[]? Read(string key)
    {
        try
        {
            byte[] file = File.ReadAllBytes(PathOf(key));
            byte[] image = file.Length > SHA256.HashSizeInBytes ? file[SHA256.HashSizeInBytes..] : [];
            return image.Length > 0 && SHA256.HashData(image).AsSpan().SequenceEqual(file.AsSpan(0, SHA256.HashSizeInBytes)) ? image : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps an image, with a checksum; readers see the whole file or none.</summary>
    /// <returns>Whether it could be written.</returns>
    public bool TryWrite(string key, ReadOnlySpan<byte> image)
    {
        string temporary = $"{PathOf(key)}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(temporary, [.. SHA256.HashData(image), .. image]);
            File.Move(temporary, PathOf(key), overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary); // such as on a full disk
            return false;
        }
    }

    /// <summary>Forgets what was kept under a key.</summary>
    public void Delete(string key) => TryDelete(PathOf(key)); // where that fails, it is compiled at each start

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays.
        }
    }

    private static string DefaultFolder()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named)
        {
            return named;
        }

        string? cache = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
        {
            cache = Path.Combine(Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : Path.GetTempPath(), ".cache");
        }

        return Path.Combine(cache, "sjc", "kernels");
    }
}
