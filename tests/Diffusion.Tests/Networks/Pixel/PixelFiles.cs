using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Networks.Pixel;

/// <summary>The repository's own golden models of pixels, for tests that need any model of a kind rather than reference values.</summary>
internal static class PixelFiles
{
    public const string Unet = "adm/lsun-like.pt";
    public const string ConditionalUnet = "adm/imagenet64-like.pt";
    public const string Classifier = "adm/classifier.pt";
    public const string Ncsn = "ncsnv2/checkpoint.pth";
    public const string ScoreSde = "ncsnpp/checkpoint.pth";
    public const string Edm = "edm/edm-ddpmpp.safetensors";

    private static readonly string Root = Path.Combine(GoldenFolder.RepositoryRoot, "tests", "golden", "models");

    public static string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>Flags are "name=value".</summary>
    public static ModelLoadOptions Options(string path, params string[] flags) => new()
    {
        Path = path,
        Flags = flags.ToDictionary(flag => flag[..flag.IndexOf('=')], flag => flag[(flag.IndexOf('=') + 1)..]),
    };

    public static IDenoiser Open(string file, params string[] flags) => ModelFamilies.Open(Options(PathOf(file), flags));
}
