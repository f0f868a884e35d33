using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Meshing;

/// <summary>The surface where a grid's trilinear values reach a level, closed at the grid's outer faces.</summary>
/// <remarks>Everything outside the grid counts as below the level. Vertices are shared; the surface is a closed, oriented manifold.</remarks>
public sealed class MarchingCubes
{
    // Keeps vertices of neighbouring edges apart where a value equals the level.
    private const float LeastFraction = 1e-3f;

    private readonly GridSize grid;
    private readonly float level;
    private readonly int rowPitch;
    private readonly List<float> positions = [];
    private readonly List<int> triangles = [];
    private readonly Dictionary<long, int> vertices = [];

    private MarchingCubes(GridSize grid, float level)
    {
        this.grid = grid;
        this.level = level;
        rowPitch = grid.X + 2;
    }

    /// <summary>Extracts the surface.</summary>
    /// <param name="values">[z, y, x]; NaN counts as below.</param>
    /// <param name="grid">The grid's size.</param>
    /// <param name="level">Values of at least this are inside.</param>
    /// <returns>Vertices [vertices, 3] (x, y, z) in index coordinates, where voxel i's centre is at i, within [−½, extent − ½];
    /// triangles [triangles, 3], counter-clockwise seen from outside.</returns>
    /// <exception cref="ArgumentException"><paramref name="values"/> does not have the grid's size.</exception>
    public static (float[] Positions, int[] Triangles) Extract(ReadOnlySpan<float> values, GridSize grid, float level)
    {
        if (values.Length != grid.VoxelCount)
        {
            throw new ArgumentException($"values must have {grid.VoxelCount} values, but has {values.Length}.", nameof(values));
        }

        MarchingCubes surface = new(grid, level);
        float[] lower = surface.PaddedPlane();
        float[] upper = surface.PaddedPlane();
        for (int z = -1; z < grid.Z; z++)
        {
            surface.FillPlane(values, z + 1, upper);
            surface.ExtractLayer(lower, upper, z);
            (lower, upper) = (upper, lower);
            surface.ForgetEdgesBelow(z + 1);
        }

        return ([.. surface.positions], [.. surface.triangles]);
    }

    private float[] PaddedPlane()
    {
        float[] plane = new float[rowPitch * (grid.Y + 2)];
        Array.Fill(plane, float.NegativeInfinity);
        return plane;
    }

    private void FillPlane(ReadOnlySpan<float> values, int z, float[] plane)
    {
        for (int y = 0; y < grid.Y; y++)
        {
            Span<float> row = plane.AsSpan(((y + 1) * rowPitch) + 1, grid.X);
            if (z < grid.Z)
            {
                values.Slice(((z * grid.Y) + y) * grid.X, grid.X).CopyTo(row);
            }
            else
            {
                row.Fill(float.NegativeInfinity);
            }
        }
    }

    private void ExtractLayer(float[] lower, float[] upper, int z)
    {
        Span<float> corners = stackalloc float[8];
        for (int y = -1; y < grid.Y; y++)
        {
            for (int x = -1; x < grid.X; x++)
            {
                int at = ((y + 1) * rowPitch) + x + 1;
                int pattern = 0;
                for (int corner = 0; corner < 8; corner++)
                {
                    float[] plane = corner < 4 ? lower : upper;
                    corners[corner] = plane[at + (corner & 1) + ((corner >> 1 & 1) * rowPitch)];
                    pattern |= corners[corner] >= level ? 1 << corner : 0;
                }

                foreach (int edge in MarchingCubesTable.TrianglesOf(pattern))
                {
                    triangles.Add(VertexOn(edge, x, y, z, corners));
                }
            }
        }
    }

    private int VertexOn(int edge, int x, int y, int z, ReadOnlySpan<float> corners)
    {
        (int start, int end) = MarchingCubesTable.Edges[edge];
        int axis = (end ^ start) >> 1;
        x += start & 1;
        y += start >> 1 & 1;
        z += start >> 2;
        long key = (((((z + 1L) * (grid.Y + 2)) + y + 1) * rowPitch) + x + 1) * 3 + axis;
        if (!vertices.TryGetValue(key, out int vertex))
        {
            vertex = positions.Count / 3;
            vertices.Add(key, vertex);
            float fraction = Crossing(corners[start], corners[end]);
            positions.Add(x + (axis == 0 ? fraction : 0));
            positions.Add(y + (axis == 1 ? fraction : 0));
            positions.Add(z + (axis == 2 ? fraction : 0));
        }

        return vertex;
    }

    /// <summary>Where the level lies between two values; half-way, that is on the box's face, where one is outside the grid.</summary>
    private float Crossing(float start, float end)
    {
        float fraction = (level - start) / (end - start);
        return float.IsFinite(start) && float.IsFinite(end) ? Math.Clamp(fraction, LeastFraction, 1 - LeastFraction) : 0.5f;
    }

    /// <summary>Drops the keys of planes that no further layer touches, so that the table stays small.</summary>
    private void ForgetEdgesBelow(int z)
    {
        long first = (z + 1L) * (grid.Y + 2) * rowPitch * 3;
        foreach (long key in vertices.Keys.Where(key => key < first).ToArray())
        {
            vertices.Remove(key);
        }
    }
}
