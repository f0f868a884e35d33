using System.Buffers.Binary;
using System.Text;

namespace Sjc.RadianceField.Meshing;

/// <summary>Writes meshes as binary PLY 1.0 (little-endian) with normals and vertex colours.</summary>
public static class PlyWriter
{
    private const int VertexBytes = (6 * sizeof(float)) + 3;
    private const int FaceBytes = 1 + (3 * sizeof(int));

    /// <summary>Writes one mesh.</summary>
    /// <param name="stream">Written to from its position on.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="valueMin">The colour value that becomes 0.</param>
    /// <param name="valueMax">The colour value that becomes 255.</param>
    public static void Write(Stream stream, TriangleMesh mesh, float valueMin = -1, float valueMax = 1)
    {
        stream.Write(Encoding.ASCII.GetBytes(Header(mesh)));
        Span<byte> buffer = stackalloc byte[VertexBytes];
        for (int vertex = 0; vertex < mesh.VertexCount; vertex++)
        {
            for (int axis = 0; axis < 3; axis++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(buffer[(4 * axis)..], mesh.Positions[(3 * vertex) + axis]);
                BinaryPrimitives.WriteSingleLittleEndian(buffer[(12 + (4 * axis))..], mesh.Normals[(3 * vertex) + axis]);
            }

            (buffer[24], buffer[25], buffer[26]) = mesh.RgbBytes(vertex, valueMin, valueMax);
            stream.Write(buffer);
        }

        Span<byte> face = buffer[..FaceBytes];
        face[0] = 3;
        for (int triangle = 0; triangle < mesh.TriangleCount; triangle++)
        {
            for (int corner = 0; corner < 3; corner++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(face[(1 + (4 * corner))..], mesh.Triangles[(3 * triangle) + corner]);
            }

            stream.Write(face);
        }
    }

    private static string Header(TriangleMesh mesh) => string.Join('\n',
    [
        "ply",
        "format binary_little_endian 1.0",
        $"element vertex {mesh.VertexCount}",
        .. new[] { "x", "y", "z", "nx", "ny", "nz" }.Select(name => $"property float {name}"),
        .. new[] { "red", "green", "blue" }.Select(name => $"property uchar {name}"),
        $"element face {mesh.TriangleCount}",
        "property list uchar int vertex_indices",
        "end_header",
        "",
    ]);
}
