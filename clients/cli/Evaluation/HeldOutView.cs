using Sjc.Diffusion.Shapes;
using Sjc.Numerics;

namespace Sjc.Cli.Evaluation;

/// <summary>The cameras from which results are compared with the truth: drawn as training views are, from a seed that no training uses.</summary>
internal static class HeldOutView
{
    /// <summary>Views of one evaluation.</summary>
    public const int Count = 24;

    /// <summary>Pixels across and down.</summary>
    public const int Size = 64;

    /// <summary>Horizontal, the middle of the training views' range.</summary>
    public const double FieldOfViewDegrees = 52.5;

    private const ulong Seed = 0xE7A1_0000_0000_0001;

    /// <summary>The views, the same for every object.</summary>
    public static IReadOnlyList<ShapeView> All { get; } =
        [.. Enumerable.Range(0, Count).Select(i => ShapeView.Draw(new RandomKey(Seed, RandomStream.View, (uint)i)) with { FieldOfViewDegrees = FieldOfViewDegrees })];
}
