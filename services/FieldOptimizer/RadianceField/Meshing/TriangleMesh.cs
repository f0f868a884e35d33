namespace Sjc.RadianceField.Meshing;

/// <summary>Triangles over shared vertices, each with a position, a normal and a colour.</summary>
/// <param name="positions">[vertices, 3], world units.</param>
/// <param name="normals">[vertices, 3], unit length, outwards.</param>
/// <param name="colors">[vertices, channels], in the values of the field's pictures.</param>
/// <param name="triangles">[triangles, 3], vertex indices, counter-clockwise seen from outside.</param>
/// <param name="channels">Of a colour.</param>
public sealed class TriangleMesh(float[] positions, float[] normals, float[] colors, int[] triangles, int channels)
{
    /// <summary>[vertices, 3], world units.</summary>
    public float[] Positions { get; } = positions;

    /// <summary>[vertices, 3], unit length, outwards.</summary>
    public float[] Normals { get; } = normals;

    /// <summary>[vertices, channels], in the values of the field's pictures, such as [−1, 1].</summary>
    public float[] Colors { get; } = colors;

    /// <summary>[triangles, 3], vertex indices, counter-clockwise seen from outside.</summary>
    public int[] Triangles { get; } = triangles;

    /// <summary>Channels of a colour.</summary>
    public int Channels { get; } = channels;

    /// <summary>Vertices.</summary>
    public int VertexCount => Positions.Length / 3;

    /// <summary>Triangles.</summary>
    public int TriangleCount => Triangles.Length / 3;

    /// <summary>A vertex's colour as bytes: of one channel grey, of three or more the first three as red, green and blue.</summary>
    /// <param name="vertex">Index.</param>
    /// <param name="valueMin">What becomes 0.</param>
    /// <param name="valueMax">What becomes 255.</param>
    public (byte Red, byte Green, byte Blue) RgbBytes(int vertex, float valueMin = -1, float valueMax = 1)
    {
        ReadOnlySpan<float> color = Colors.AsSpan(vertex * Channels, Channels);
        float red = color[0];
        float green = Channels < 3 ? red : color[1];
        float blue = Channels < 3 ? red : color[2];
        return (ToByte(red, valueMin, valueMax), ToByte(green, valueMin, valueMax), ToByte(blue, valueMin, valueMax));
    }

    private static byte ToByte(float value, float min, float max) => (byte)Math.Clamp(Math.Round((value - min) / (max - min) * 255), 0, 255);
}
