using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Meshing;

namespace Sjc.RadianceField.Tests.Meshing;

public sealed class FieldSurfaceTests
{
    [Fact]
    public void Extract_Ball_IsInPlaceWithOutwardNormalsAndInnerColours()
    {
        VoxelField field = Ball();

        TriangleMesh mesh = FieldSurface.Extract(field);

        MeshTopology.AssertClosedManifold(mesh.Triangles);
        Assert.Equal(2, MeshTopology.EulerCharacteristic(mesh.VertexCount, mesh.Triangles));
        for (int v = 0; v < mesh.VertexCount; v++)
        {
            (double x, double y, double z) = (mesh.Positions[3 * v], mesh.Positions[(3 * v) + 1], mesh.Positions[(3 * v) + 2]);
            double radius = Math.Sqrt((x * x) + (y * y) + (z * z));
            double outwards = ((x * mesh.Normals[3 * v]) + (y * mesh.Normals[(3 * v) + 1]) + (z * mesh.Normals[(3 * v) + 2])) / radius;
            Assert.InRange(radius, 0.55, 0.65); // the ball's 0.6, within half a voxel of 0.1
            Assert.True(outwards > 0.9, $"Normal {v} must point outwards, but has cosine {outwards}.");

            // 2·sigmoid(4) − 1 = 0.96 red and −0.96 green; further out the features are the opposite, but nothing is there.
            Assert.True(mesh.Colors[3 * v] > 0.8 && mesh.Colors[(3 * v) + 1] < -0.8, $"Colour {v} must be the ball's, but is {mesh.Colors[3 * v]}, {mesh.Colors[(3 * v) + 1]}.");
        }
    }

    [Fact]
    public void ChooseDensity_OpaqueBall_LetsHalfThroughAnEighthOfTheBox()
    {
        VoxelField field = Ball();

        Assert.Equal(0.5, Math.Exp(-FieldSurface.ChooseDensity(field) * field.Box.Size.X / 8), 6);
    }

    [Fact]
    public void Extract_SoftBall_StillHasASurface()
    {
        // Greatest density 0.5 per world unit: a ray through all of the ball is not half opaque.
        VoxelField field = Ball(greatestRaw: 0.57f);

        TriangleMesh mesh = FieldSurface.Extract(field);

        Assert.Equal(0.25, FieldSurface.ChooseDensity(field), 2);
        Assert.True(mesh.TriangleCount > 100, $"The mesh must have triangles, but has {mesh.TriangleCount}.");
    }

    [Fact]
    public void Extract_PrunedField_HasNoSurfaceWhereNothingCanBeSeen()
    {
        VoxelField field = Ball();
        field.Mask = AlphaMask.FromVoxels(field.Grid, field.Box, [.. Enumerable.Range(0, 8000).Select(i => i % 20 < 10 ? (byte)1 : (byte)0)]);

        TriangleMesh mesh = FieldSurface.Extract(field);

        MeshTopology.AssertClosedManifold(mesh.Triangles);
        float right = Enumerable.Range(0, mesh.VertexCount).Max(v => mesh.Positions[3 * v]);
        Assert.InRange(right, -0.05f, 0.05f); // the last visible voxel's centre, and the first hidden one's
        int cut = Enumerable.Range(0, mesh.VertexCount).MaxBy(v => mesh.Positions[3 * v]);
        Assert.True(mesh.Colors[3 * cut] > 0.8, $"The cut must have the ball's red, but has {mesh.Colors[3 * cut]}.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Extract_DensityNotPositive_Throws(double density) =>
        Assert.Throws<ArgumentException>(() => FieldSurface.Extract(Ball(), density));

    [Fact]
    public void Write_Ball_HasHeaderAndAllBytes()
    {
        TriangleMesh mesh = FieldSurface.Extract(Ball());
        using MemoryStream stream = new();

        PlyWriter.Write(stream, mesh);

        byte[] bytes = stream.ToArray();
        string text = System.Text.Encoding.ASCII.GetString(bytes);
        int body = text.IndexOf("end_header\n", StringComparison.Ordinal) + "end_header\n".Length;
        Assert.StartsWith("ply\nformat binary_little_endian 1.0\n", text, StringComparison.Ordinal);
        Assert.Contains($"element vertex {mesh.VertexCount}\n", text, StringComparison.Ordinal);
        Assert.Contains($"element face {mesh.TriangleCount}\n", text, StringComparison.Ordinal);
        Assert.Equal((mesh.VertexCount * 27) + (mesh.TriangleCount * 13), bytes.Length - body);
        Assert.Equal(mesh.Positions[0], BitConverter.ToSingle(bytes, body));
        Assert.Equal(mesh.RgbBytes(0), (bytes[body + 24], bytes[body + 25], bytes[body + 26]));
        Assert.Equal(mesh.Triangles[^1], BitConverter.ToInt32(bytes, bytes.Length - 4));
    }

    private static VoxelField Ball(float greatestRaw = 40)
    {
        GridSize grid = GridSize.Cube(20);
        VoxelField field = new(grid, AxisAlignedBox.Cube(1), 3, ColorMode.SigmoidCentered, -1, Background.Fixed([0, 0, 0]));
        float[] density = new float[grid.VoxelCount];
        float[] features = new float[3 * grid.VoxelCount];
        for (int i = 0; i < density.Length; i++)
        {
            double x = -0.95 + (0.1 * (i % 20));
            double y = -0.95 + (0.1 * (i / 20 % 20));
            double z = -0.95 + (0.1 * (i / 400));
            double depth = 0.6 - Math.Sqrt((x * x) + (y * y) + (z * z));
            density[i] = (float)Math.Clamp(7.93 + (400 * depth), -40, greatestRaw); // softplus⁻¹(ln 2/0.1) − shift = 7.93 at the ball's surface
            float feature = depth > -0.1 ? 4 : -4; // the skin of half-filled voxels has the ball's colour too
            features[i] = feature;
            features[density.Length + i] = -feature;
        }

        field.Voxels.ImportDensity(density);
        field.Voxels.ImportFeatures(features);
        return field;
    }
}
