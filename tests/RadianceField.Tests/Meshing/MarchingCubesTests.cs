using Sjc.Numerics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Meshing;

namespace Sjc.RadianceField.Tests.Meshing;

public sealed class MarchingCubesTests
{
    [Fact]
    public void Extract_Sphere_HasItsAreaVolumeAndGenus()
    {
        const double Radius = 9.3;
        GridSize grid = new(24, 26, 28);
        float[] values = Fill(grid, (x, y, z) => Radius - Math.Sqrt(Square(x - 11.6) + Square(y - 12.4) + Square(z - 13.5)));

        (float[] positions, int[] triangles) = MarchingCubes.Extract(values, grid, 0);

        MeshTopology.AssertClosedManifold(triangles);
        Assert.Equal(2, MeshTopology.EulerCharacteristic(positions.Length / 3, triangles));
        (double volume, double area) = MeshTopology.Measure(positions, triangles);

        // A polyhedron inscribed in a sphere of 9.3 edge lengths loses about (1/9.3)²/8 ≈ 0.15 % per axis.
        Assert.InRange(volume / (4.0 / 3 * Math.PI * Math.Pow(Radius, 3)), 0.99, 1);
        Assert.InRange(area / (4 * Math.PI * Radius * Radius), 0.99, 1.005);
    }

    [Fact]
    public void Extract_Torus_HasGenusOne()
    {
        GridSize grid = new(30, 30, 14);
        float[] values = Fill(grid, (x, y, z) => 3.5 - Math.Sqrt(Square(Math.Sqrt(Square(x - 14.5) + Square(y - 14.5)) - 9) + Square(z - 6.5)));

        (float[] positions, int[] triangles) = MarchingCubes.Extract(values, grid, 0);

        MeshTopology.AssertClosedManifold(triangles);
        Assert.Equal(0, MeshTopology.EulerCharacteristic(positions.Length / 3, triangles));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 2, 4)]
    public void Extract_EverythingInside_IsTheBoxWithBevelledEdges(int x, int y, int z)
    {
        GridSize grid = new(x, y, z);
        float[] values = Fill(grid, (_, _, _) => 1);

        (float[] positions, int[] triangles) = MarchingCubes.Extract(values, grid, 0.5f);

        MeshTopology.AssertClosedManifold(triangles);
        Assert.Equal(2, MeshTopology.EulerCharacteristic(positions.Length / 3, triangles));
        Assert.True(MeshTopology.Measure(positions, triangles).Volume > 0);
        Assert.Equal(-0.5f, positions.Min());
        Assert.Equal(Math.Max(x, Math.Max(y, z)) - 0.5f, positions.Max());
    }

    [Fact]
    public void Extract_NothingInside_IsEmpty()
    {
        (float[] positions, int[] triangles) = MarchingCubes.Extract(new float[27], new GridSize(3, 3, 3), 0.5f);

        Assert.Empty(positions);
        Assert.Empty(triangles);
    }

    [Theory]
    [InlineData(0.2f)]
    [InlineData(0.5f)]
    [InlineData(0.8f)]
    public void Extract_Noise_IsAClosedManifoldOfAllPatterns(float level)
    {
        GridSize grid = new(13, 12, 11);
        float[] values = new float[grid.VoxelCount];
        new RandomKey(3, RandomStream.Pictures).FillUniform(values);

        (float[] positions, int[] triangles) = MarchingCubes.Extract(values, grid, level);

        Assert.NotEmpty(triangles);
        MeshTopology.AssertClosedManifold(triangles);
        Assert.Equal(positions.Length / 3, triangles.Distinct().Count());
    }

    [Fact]
    public void Extract_ValuesEqualToTheLevel_KeepsTrianglesApart()
    {
        GridSize grid = new(5, 5, 5);
        float[] values = Fill(grid, (x, y, z) => 2 - Math.Max(Math.Abs(x - 2), Math.Max(Math.Abs(y - 2), Math.Abs(z - 2))));

        (float[] positions, int[] triangles) = MarchingCubes.Extract(values, grid, 1);

        MeshTopology.AssertClosedManifold(triangles);
        Assert.Equal(positions.Length / 3, Enumerable.Range(0, positions.Length / 3).Select(i => (positions[3 * i], positions[(3 * i) + 1], positions[(3 * i) + 2])).Distinct().Count());
    }

    private static float[] Fill(GridSize grid, Func<int, int, int, double> value) =>
    [
        .. from z in Enumerable.Range(0, grid.Z)
           from y in Enumerable.Range(0, grid.Y)
           from x in Enumerable.Range(0, grid.X)
           select (float)value(x, y, z),
    ];

    private static double Square(double x) => x * x;
}
