using System.Numerics;
using static Sjc.Diffusion.Shapes.Parts;

namespace Sjc.Diffusion.Shapes;

/// <summary>Kinds that stand, drive, grow or float outdoors.</summary>
internal static class Outdoors
{
    public static ShapeKind Car() => new(
        "car",
        Box(-0.48f, 0.48f, -0.20f, 0.03f, -0.22f, 0.22f),
        new ShapePart(Cabin(0.03f, 0.18f), Dark),
        new ShapePart(Cabin(0.16f, 0.24f)),
        Wheel(-0.28f, -0.20f, -0.24f, -0.12f, 0.12f, Dark),
        Wheel(-0.28f, -0.20f, 0.12f, 0.24f, 0.12f, Dark),
        Wheel(0.28f, -0.20f, -0.24f, -0.12f, 0.12f, Dark),
        Wheel(0.28f, -0.20f, 0.12f, 0.24f, 0.12f, Dark),
        Box(-0.50f, -0.46f, -0.09f, -0.01f, -0.19f, -0.09f, Lamp),
        Box(-0.50f, -0.46f, -0.09f, -0.01f, 0.09f, 0.19f, Lamp));

    public static ShapeKind House() => new(
        "house",
        Box(-0.32f, 0.32f, -0.40f, 0.06f, -0.27f, 0.27f),
        new ShapePart(
            Polyhedron.Box(new Vector3(-0.37f, 0.06f, -1), new Vector3(0.37f, 1, 1)).Cut(
                Polyhedron.HalfSpace(new Vector3(0, 0.34f, 0.36f), new Vector3(0, 0.42f, 0)),
                Polyhedron.HalfSpace(new Vector3(0, 0.34f, -0.36f), new Vector3(0, 0.42f, 0))),
            Brown),
        Box(-0.335f, -0.30f, -0.40f, -0.10f, -0.08f, 0.08f, Dark),
        Box(-0.12f, 0.12f, -0.22f, -0.04f, -0.285f, 0.285f, Dark));

    public static ShapeKind Tree() => new(
        "tree",
        Upright(0, 0, -0.52f, -0.20f, 0.09f, 0.09f, Brown),
        Upright(0, 0, -0.26f, 0.20f, 0.38f, 0.0f),
        Upright(0, 0, 0.00f, 0.54f, 0.29f, 0.0f));

    // A steamer: the hull narrows to the bow at −x.
    public static ShapeKind Boat() => new(
        "boat",
        new ShapePart(Polyhedron.Box(new Vector3(-0.54f, -0.30f, -0.24f), new Vector3(0.44f, -0.06f, 0.24f)).Cut(
            Polyhedron.HalfSpace(new Vector3(-0.5f, -0.25f, 0.6f), new Vector3(-0.54f, -0.06f, 0)),
            Polyhedron.HalfSpace(new Vector3(-0.5f, -0.25f, -0.6f), new Vector3(-0.54f, -0.06f, 0)),
            Polyhedron.HalfSpace(new Vector3(0, -0.35f, 1), new Vector3(0, -0.06f, 0.24f)),
            Polyhedron.HalfSpace(new Vector3(0, -0.35f, -1), new Vector3(0, -0.06f, -0.24f)))),
        Box(-0.12f, 0.32f, -0.06f, 0.12f, -0.14f, 0.14f, Cream),
        Upright(0.14f, 0, 0.12f, 0.36f, 0.09f, 0.09f, Dark));

    // Windscreen, rear and sides lean inwards.
    private static Polyhedron Cabin(float floor, float ceiling) => Polyhedron
        .Box(new Vector3(-1, floor, -1), new Vector3(1, ceiling, 1))
        .Cut(
            Polyhedron.HalfSpace(new Vector3(-1, 0.7f, 0), new Vector3(-0.24f, 0.03f, 0)),
            Polyhedron.HalfSpace(new Vector3(1, 0.45f, 0), new Vector3(0.36f, 0.03f, 0)),
            Polyhedron.HalfSpace(new Vector3(0, 0.2f, 1), new Vector3(0, 0.03f, 0.20f)),
            Polyhedron.HalfSpace(new Vector3(0, 0.2f, -1), new Vector3(0, 0.03f, -0.20f)));
}
