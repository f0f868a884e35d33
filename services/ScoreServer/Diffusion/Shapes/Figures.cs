using System.Numerics;
using static Sjc.Diffusion.Shapes.Parts;

namespace Sjc.Diffusion.Shapes;

/// <summary>Figures and simple bodies.</summary>
internal static class Figures
{
    public static ShapeKind Snowman() => new(
        "snowman",
        Ball(0, -0.28f, 0, 0.26f),
        Ball(0, 0.08f, 0, 0.19f),
        Ball(0, 0.34f, 0, 0.13f),
        new ShapePart(new Frustum(0, new Vector3(-0.28f, 0.34f, 0), 0.18f, 0.0f, 0.05f), Carrot),
        Upright(0, 0, 0.42f, 0.45f, 0.17f, 0.17f, Dark),
        Upright(0, 0, 0.45f, 0.56f, 0.11f, 0.11f, Dark));

    public static ShapeKind Cube() => new(
        "cube",
        Box(-0.31f, 0.31f, -0.31f, 0.31f, -0.31f, 0.31f));

    public static ShapeKind Rocket() => new(
        "rocket",
        Upright(0, 0, -0.36f, 0.20f, 0.17f, 0.17f),
        Upright(0, 0, 0.20f, 0.55f, 0.17f, 0.0f, Grey),
        Upright(0, 0, -0.46f, -0.36f, 0.13f, 0.09f, Dark),
        new ShapePart(new Frustum(0, new Vector3(-0.19f, 0.06f, 0), 0.05f, 0.07f, 0.07f), Dark),
        Fin(new Vector3(1, 0, 0)), Fin(new Vector3(-1, 0, 0)), Fin(new Vector3(0, 0, 1)), Fin(new Vector3(0, 0, -1)));

    public static ShapeKind Mushroom() => new(
        "mushroom",
        Upright(0, 0, -0.46f, 0.05f, 0.17f, 0.12f, Cream),
        new ShapePart(new Ellipsoid(new Vector3(0, 0.0f, 0), new Vector3(0.44f, 0.40f, 0.44f), floor: 0.0f)));

    public static ShapeKind Robot() => new(
        "robot",
        Box(-0.15f, 0.15f, -0.20f, 0.18f, -0.20f, 0.20f),
        Box(-0.13f, 0.13f, 0.21f, 0.47f, -0.16f, 0.16f),
        Box(-0.07f, 0.07f, 0.17f, 0.22f, -0.07f, 0.07f, Dark),
        Box(-0.15f, -0.12f, 0.31f, 0.40f, -0.12f, -0.03f, Dark),
        Box(-0.15f, -0.12f, 0.31f, 0.40f, 0.03f, 0.12f, Dark),
        Box(-0.10f, 0.10f, -0.50f, -0.20f, -0.17f, -0.04f, Grey),
        Box(-0.10f, 0.10f, -0.50f, -0.20f, 0.04f, 0.17f, Grey),
        Box(-0.08f, 0.08f, -0.18f, 0.16f, -0.34f, -0.22f, Grey),
        Box(-0.08f, 0.08f, -0.18f, 0.16f, 0.22f, 0.34f, Grey));

    // A triangular plate that stands out from the body and narrows upwards.
    private static ShapePart Fin(Vector3 outward)
    {
        Vector3 across = Vector3.Cross(outward, Vector3.UnitY);
        return new ShapePart(
            new Polyhedron(
                Polyhedron.HalfSpace(across, 0.045f * across),
                Polyhedron.HalfSpace(-across, -0.045f * across),
                Polyhedron.HalfSpace(-outward, 0.1f * outward),
                Polyhedron.HalfSpace(-Vector3.UnitY, new Vector3(0, -0.44f, 0)),
                Polyhedron.HalfSpace(outward, 0.36f * outward),
                Polyhedron.HalfSpace((0.9f * outward) + (0.6f * Vector3.UnitY), (0.36f * outward) - (0.25f * Vector3.UnitY))),
            Dark);
    }
}
