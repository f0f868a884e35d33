using Sjc.Diffusion.Networks;

namespace Sjc.Diffusion.Tests.Networks;

/// <summary>A shapes network small enough for tests.</summary>
internal static class TinyNetwork
{
    public const int ImageSize = 8;

    public static ShapesNetworkOptions Options(int tokenCount) => new()
    {
        TokenCount = tokenCount,
        ImageSize = ImageSize,
        Channels = [4, 4, 8],
        Groups = 2,
        EmbeddingWidth = 16,
        TextWidth = 8,
        TextHeads = 2,
        MaxTokens = 12,
    };
}
