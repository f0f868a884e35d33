using System.Numerics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Meshing;

/// <summary>Colours of surface points: a short look from just outside along the inward normal, composited as the renderer does, without background.</summary>
/// <remarks>The features at the surface itself are half those of empty voxels, which no picture has ever taught.</remarks>
internal sealed class SurfaceColors(VoxelField field)
{
    private const float Before = 1;
    private const float Behind = 3;
    private const float Step = 0.25f;
    private const float LeastOpacity = 1e-3f;

    private readonly float[] record = new float[1 + field.Channels];

    /// <summary>The colour seen at a point.</summary>
    /// <param name="position">World units.</param>
    /// <param name="normal">Outwards, unit length.</param>
    /// <param name="color">Receives [channels].</param>
    internal void Look(Vector3 position, Vector3 normal, Span<float> color)
    {
        float length = field.MeanVoxelLength;
        float scale = MathF.Exp(field.DensityScale);
        double transmittance = 1;
        color.Clear();
        for (float along = -Before; along <= Behind; along += Step)
        {
            Vector3 at = position - (along * length * normal);
            if (field.Mask?.Sample(at) == 0)
            {
                continue;
            }

            Sample(at);
            double density = Softplus((scale * record[0]) + field.DensityShift);
            double weight = transmittance * (1 - Math.Exp(-density * Step * length));
            transmittance -= weight;
            for (int c = 0; c < color.Length; c++)
            {
                color[c] += (float)weight * Activate(record[1 + c]);
            }
        }

        double opacity = 1 - transmittance;
        if (opacity > LeastOpacity)
        {
            for (int c = 0; c < color.Length; c++)
            {
                color[c] = (float)(color[c] / opacity);
            }

            return;
        }

        Sample(position);
        for (int c = 0; c < color.Length; c++)
        {
            color[c] = Activate(record[1 + c]);
        }
    }

    /// <summary>Trilinear, zero outside the grid.</summary>
    private void Sample(Vector3 position)
    {
        Vector3 at = ((position - field.Box.Min) / field.VoxelLength) - new Vector3(0.5f);
        int x = (int)MathF.Floor(at.X);
        int y = (int)MathF.Floor(at.Y);
        int z = (int)MathF.Floor(at.Z);
        Vector3 fraction = at - new Vector3(x, y, z);
        Array.Clear(record);
        for (int corner = 0; corner < 8; corner++)
        {
            int cx = x + (corner & 1);
            int cy = y + (corner >> 1 & 1);
            int cz = z + (corner >> 2);
            if ((uint)cx >= field.Grid.X || (uint)cy >= field.Grid.Y || (uint)cz >= field.Grid.Z)
            {
                continue;
            }

            float weight = (cx > x ? fraction.X : 1 - fraction.X) * (cy > y ? fraction.Y : 1 - fraction.Y) * (cz > z ? fraction.Z : 1 - fraction.Z);
            field.Voxels.AddTo(record, weight, cx, cy, cz);
        }
    }

    private float Activate(float feature) => field.ColorMode switch
    {
        ColorMode.Raw => feature,
        ColorMode.Sigmoid => 1 / (1 + MathF.Exp(-feature)),
        _ => MathF.Tanh(feature / 2),
    };

    private static double Softplus(double x) => x > 20 ? x : Math.Log(1 + Math.Exp(x));
}
