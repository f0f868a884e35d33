using System.Numerics;
using Sjc.Diffusion.Shapes;

namespace Sjc.Diffusion.Tests.Shapes;

public sealed class ShapeRendererTests
{
    private const int Size = 96;
    private static readonly ShapeColour Red = ShapeCatalogue.Colours[0];

    // 2×2 samples a pixel: a boundary pixel's coverage is off by at most a half.
    private const double PixelTolerance = 0.01;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(77, 40)]
    [InlineData(200, -5)]
    public void Render_Ball_CoversTheDiscOfItsSilhouette(double azimuth, double elevation)
    {
        const double Radius = 0.4;
        ShapeKind ball = new("ball", new ShapePart(new Ellipsoid(Vector3.Zero, new Vector3((float)Radius))));
        (_, float[] coverage) = Render(new ShapeObject(ball, Red), ShapeCamera.LookAtOrigin(azimuth, elevation, 1.5, 50));

        // The silhouette is a cone of half angle asin(r/R); on the picture a disc of radius tan(asin(r/R))·f.
        double disc = Math.Tan(Math.Asin(Radius / 1.5)) / Math.Tan(double.DegreesToRadians(25)) * Size / 2;
        Assert.Equal(Math.PI * disc * disc / (Size * Size), coverage.Average(), PixelTolerance);
    }

    [Fact]
    public void Render_CubeFromTheFront_CoversTheSquareOfItsNearFace()
    {
        const float Half = 0.31f;
        (_, float[] coverage) = Render(Find("red cube"), ShapeCamera.LookAtOrigin(0, 0, 1.5, 50));

        double side = 2 * Half / (1.5 - Half) / (2 * Math.Tan(double.DegreesToRadians(25)));
        Assert.Equal(side * side, coverage.Average(), PixelTolerance);
    }

    [Theory]
    [InlineData(0.2f, 0.2f)]
    [InlineData(0.3f, 0.1f)]
    [InlineData(0.0f, 0.35f)]
    public void Render_UprightFrustumFromTheSide_CoversItsTrapezoid(float lowerRadius, float upperRadius)
    {
        const double Far = 200; // nearly parallel rays: the silhouette is the trapezoid
        ShapeKind kind = new("frustum", new ShapePart(new Frustum(1, new Vector3(0, -0.3f, 0), 0.6f, lowerRadius, upperRadius)));
        (_, float[] coverage) = Render(new ShapeObject(kind, Red), ShapeCamera.LookAtOrigin(30, 0, Far, 0.4));

        double width = 2 * Far * Math.Tan(double.DegreesToRadians(0.2));
        Assert.Equal(0.6 * (lowerRadius + upperRadius) / (width * width), coverage.Average(), PixelTolerance);
    }

    [Fact]
    public void Render_FrustumAlongItsAxis_CoversItsWiderDisc()
    {
        const double Far = 200;
        ShapeKind kind = new("cone", new ShapePart(new Frustum(0, new Vector3(-0.3f, 0, 0), 0.6f, 0.35f, 0.05f)));
        (_, float[] coverage) = Render(new ShapeObject(kind, Red), ShapeCamera.LookAtOrigin(180, 0, Far, 0.4));

        double width = 2 * Far * Math.Tan(double.DegreesToRadians(0.2));
        Assert.Equal(Math.PI * 0.35 * 0.35 / (width * width), coverage.Average(), PixelTolerance);
    }

    [Fact]
    public void Render_Background_IsCyan()
    {
        (float[] rgb, float[] coverage) = Render(Find("white cube"), ShapeCamera.LookAtOrigin(0, 0, 1.5, 50));

        Assert.Equal(0, coverage[0]);
        Assert.Equal((-1f, 1f, 1f), (rgb[0], rgb[Size * Size], rgb[2 * Size * Size]));
    }

    [Fact]
    public void Render_CarFromItsLeft_HasItsNoseOnTheLeftOfThePicture()
    {
        // Azimuth 0 sees the front, which faces −x; at 90 the eye stands at +z and −x is to the left.
        ShapeObject boat = Find("red boat");
        (_, float[] coverage) = Render(boat, ShapeCamera.LookAtOrigin(90, 0, 1.5, 50));

        // The bow overhangs at −x by more than the stern at +x.
        int first = Enumerable.Range(0, Size).First(column => Column(coverage, column) > 0);
        int last = Enumerable.Range(0, Size).Last(column => Column(coverage, column) > 0);
        Assert.True(Size - 1 - last > first, $"left margin {first}, right margin {Size - 1 - last}");
    }

    [Fact]
    public void Render_WrongLength_Throws() =>
        Assert.Throws<ArgumentException>(() => ShapeRenderer.Render(Find("red cube"), ShapeCamera.LookAtOrigin(0, 0, 1.5, 50), 8, new float[5], []));

    [Fact]
    public void Render_EveryKind_StaysInsideTheFrameAtTheNarrowestField()
    {
        foreach (ShapeKind kind in ShapeCatalogue.Kinds)
        {
            (_, float[] coverage) = Render(new ShapeObject(kind, Red), new ShapeView(135, 10, 50).Camera);
            Assert.Equal(0, Enumerable.Range(0, Size).Sum(i => coverage[i] + coverage[(i * Size) + Size - 1] + coverage[i * Size]), 1e-6);
            Assert.InRange(coverage.Average(), 0.05, 0.5);
        }
    }

    private static float Column(float[] coverage, int column) => Enumerable.Range(0, Size).Sum(row => coverage[(row * Size) + column]);

    private static ShapeObject Find(string prompt) => ShapeCatalogue.Find(prompt)!;

    private static (float[] Rgb, float[] Coverage) Render(ShapeObject shape, ShapeCamera camera)
    {
        float[] rgb = new float[3 * Size * Size];
        float[] coverage = new float[Size * Size];
        ShapeRenderer.Render(shape, camera, Size, rgb, coverage);
        return (rgb, coverage);
    }
}
