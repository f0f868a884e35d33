namespace Sjc.RadianceField.Tests.Meshing;

/// <summary>What a mesh's triangles alone say about its surface.</summary>
internal static class MeshTopology
{
    /// <summary>Asserts that every edge has two triangles, which pass it in opposite directions, and every triangle three corners.</summary>
    internal static void AssertClosedManifold(int[] triangles)
    {
        HashSet<(int, int)> directed = [];
        for (int t = 0; t < triangles.Length; t += 3)
        {
            for (int i = 0; i < 3; i++)
            {
                (int, int) edge = (triangles[t + i], triangles[t + ((i + 1) % 3)]);
                Assert.NotEqual(edge.Item1, edge.Item2);
                Assert.True(directed.Add(edge), $"Edge {edge} must have one triangle on each side, but has more.");
            }
        }

        Assert.All(directed, edge => Assert.Contains((edge.Item2, edge.Item1), directed));
    }

    /// <summary>V − E + F: 2 for each closed component without holes.</summary>
    internal static int EulerCharacteristic(int vertices, int[] triangles) => vertices - (triangles.Length / 2) + (triangles.Length / 3);

    /// <summary>The enclosed volume and the surface's area.</summary>
    internal static (double Volume, double Area) Measure(float[] positions, int[] triangles)
    {
        double volume = 0;
        double area = 0;
        for (int t = 0; t < triangles.Length; t += 3)
        {
            double[] a = At(positions, triangles[t]);
            double[] b = At(positions, triangles[t + 1]);
            double[] c = At(positions, triangles[t + 2]);
            double[] normal = Cross([b[0] - a[0], b[1] - a[1], b[2] - a[2]], [c[0] - a[0], c[1] - a[1], c[2] - a[2]]);
            double[] outer = Cross(b, c);
            volume += ((a[0] * outer[0]) + (a[1] * outer[1]) + (a[2] * outer[2])) / 6;
            area += Math.Sqrt((normal[0] * normal[0]) + (normal[1] * normal[1]) + (normal[2] * normal[2])) / 2;
        }

        return (volume, area);
    }

    private static double[] At(float[] positions, int i) => [positions[3 * i], positions[(3 * i) + 1], positions[(3 * i) + 2]];

    private static double[] Cross(double[] a, double[] b) => [(a[1] * b[2]) - (a[2] * b[1]), (a[2] * b[0]) - (a[0] * b[2]), (a[0] * b[1]) - (a[1] * b[0])];
}
