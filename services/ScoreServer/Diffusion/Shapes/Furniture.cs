using static Sjc.Diffusion.Shapes.Parts;

namespace Sjc.Diffusion.Shapes;

/// <summary>Kinds that stand in a room.</summary>
internal static class Furniture
{
    public static ShapeKind Chair() => new(
        "chair",
        Box(-0.23f, 0.23f, -0.08f, 0.02f, -0.23f, 0.23f),
        Box(0.15f, 0.23f, 0.02f, 0.45f, -0.23f, 0.23f),
        Box(-0.23f, -0.14f, -0.45f, -0.08f, -0.23f, -0.14f),
        Box(-0.23f, -0.14f, -0.45f, -0.08f, 0.14f, 0.23f),
        Box(0.14f, 0.23f, -0.45f, -0.08f, -0.23f, -0.14f),
        Box(0.14f, 0.23f, -0.45f, -0.08f, 0.14f, 0.23f));

    public static ShapeKind Table() => new(
        "table",
        Box(-0.40f, 0.40f, 0.14f, 0.24f, -0.29f, 0.29f),
        Box(-0.38f, -0.28f, -0.27f, 0.14f, -0.27f, -0.17f),
        Box(-0.38f, -0.28f, -0.27f, 0.14f, 0.17f, 0.27f),
        Box(0.28f, 0.38f, -0.27f, 0.14f, -0.27f, -0.17f),
        Box(0.28f, 0.38f, -0.27f, 0.14f, 0.17f, 0.27f));

    // The handle stands to the mug's left, +z; the whole is centred between cup and handle.
    public static ShapeKind Mug() => new(
        "mug",
        Upright(0, -0.09f, -0.32f, 0.32f, 0.29f, 0.31f),
        Upright(0, -0.09f, 0.32f, 0.33f, 0.25f, 0.25f, Brown),
        Box(-0.06f, 0.06f, 0.13f, 0.24f, 0.18f, 0.42f),
        Box(-0.06f, 0.06f, -0.22f, -0.11f, 0.18f, 0.42f),
        Box(-0.06f, 0.06f, -0.22f, 0.24f, 0.36f, 0.47f));
}
