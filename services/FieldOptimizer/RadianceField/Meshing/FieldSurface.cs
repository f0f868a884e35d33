using System.Numerics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Meshing;

/// <summary>A voxel field's surface of one density, as a mesh with the colours that a look at each vertex from outside shows.</summary>
public static class FieldSurface
{
    /// <summary>Part of the box's mean side over which a surface's inside is half opaque. Objects of score Jacobian chaining are soft: at 32³
    /// their greatest density is about 14 per world unit in a box of side 1.2, below the 18 at which one voxel would be half opaque.</summary>
    private const double HalfOpaquePart = 1.0 / 8;

    /// <summary>Voxels that are pruned away count as at most this part of the surface's density.</summary>
    private const double HiddenPart = 1e-3;

    /// <summary>The density at which an eighth of the box is half opaque, and at most half of the field's greatest density: what makes a surface
    /// of every field that is not uniform. Per world unit.</summary>
    public static double ChooseDensity(VoxelField field)
    {
        float[] values = new float[field.Grid.VoxelCount];
        field.Voxels.ExportDensity(values);
        double greatest = (Math.Exp(field.DensityScale) * values.Max()) + field.DensityShift;
        double softplus = greatest > 20 ? greatest : Math.Log(1 + Math.Exp(greatest));
        Vector3 size = field.Box.Size;
        return Math.Min(Math.Log(2) / (HalfOpaquePart * (size.X + size.Y + size.Z) / 3), softplus / 2);
    }

    /// <summary>Extracts the surface; closed, with shared vertices, cut off at the box.</summary>
    /// <param name="field">The field.</param>
    /// <param name="density">The surface's density, per world unit, &gt; 0; null: <see cref="ChooseDensity"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="density"/> is not positive.</exception>
    public static TriangleMesh Extract(VoxelField field, double? density = null)
    {
        double surface = density ?? ChooseDensity(field);
        if (!(surface > 0 && double.IsFinite(surface)))
        {
            throw new ArgumentException($"density must be positive and finite, but is {surface}.", nameof(density));
        }

        float[] values = new float[field.Grid.VoxelCount];
        field.Voxels.ExportDensity(values);
        if (field.Mask is { } mask)
        {
            Hide(values, mask, Level(field, surface * HiddenPart));
        }

        (float[] positions, int[] triangles) = MarchingCubes.Extract(values, field.Grid, Level(field, surface));
        Vector3 length = field.VoxelLength;
        for (int i = 0; i < positions.Length; i += 3)
        {
            Vector3 world = field.Box.Min + ((new Vector3(positions[i], positions[i + 1], positions[i + 2]) + new Vector3(0.5f)) * length);
            (positions[i], positions[i + 1], positions[i + 2]) = (world.X, world.Y, world.Z);
        }

        float[] normals = Normals(positions, triangles);
        float[] colors = new float[positions.Length / 3 * field.Channels];
        SurfaceColors sampler = new(field);
        for (int vertex = 0; vertex < positions.Length / 3; vertex++)
        {
            sampler.Look(At(positions, vertex), At(normals, vertex), colors.AsSpan(vertex * field.Channels, field.Channels));
        }

        return new TriangleMesh(positions, normals, colors, triangles, field.Channels);
    }

    private static void Hide(float[] values, AlphaMask mask, float most)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = mask.Voxels[i] == 0 ? MathF.Min(values[i], most) : values[i];
        }
    }

    /// <summary>The interpolated value x whose softplus(exp(scale)·x + shift) is the density; the surface is then that of the renderer.</summary>
    private static float Level(VoxelField field, double density)
    {
        // softplus⁻¹(y) = y + ln(1 − e^−y).
        double inverse = density + Math.Log(-Math.Exp(-density) + 1);
        return (float)((inverse - field.DensityShift) / Math.Exp(field.DensityScale));
    }

    /// <summary>Sums of the triangles' normals, weighted by area, as unit vectors.</summary>
    private static float[] Normals(float[] positions, int[] triangles)
    {
        float[] normals = new float[positions.Length];
        for (int t = 0; t < triangles.Length; t += 3)
        {
            Vector3 a = At(positions, triangles[t]);
            Vector3 normal = Vector3.Cross(At(positions, triangles[t + 1]) - a, At(positions, triangles[t + 2]) - a);
            for (int corner = 0; corner < 3; corner++)
            {
                int at = 3 * triangles[t + corner];
                normals[at] += normal.X;
                normals[at + 1] += normal.Y;
                normals[at + 2] += normal.Z;
            }
        }

        for (int vertex = 0; vertex < normals.Length / 3; vertex++)
        {
            Vector3 sum = At(normals, vertex);
            float size = sum.Length();
            Vector3 unit = size > 0 ? sum / size : Vector3.UnitY;
            (normals[3 * vertex], normals[(3 * vertex) + 1], normals[(3 * vertex) + 2]) = (unit.X, unit.Y, unit.Z);
        }

        return normals;
    }

    private static Vector3 At(float[] values, int i) => new(values[3 * i], values[(3 * i) + 1], values[(3 * i) + 2]);
}
