using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SharpGLTF.Memory;
using SharpGLTF.Schema2;
using Sjc.RadianceField.Meshing;

namespace Sjc.FieldOptimizer.Export;

/// <summary>A mesh as binary glTF 2.0: positions, normals and vertex colours, shown as they are (KHR_materials_unlit).</summary>
/// <remarks>glTF's vertex colours are linear light, those of pictures are sRGB (IEC 61966-2-1).</remarks>
internal static class GlbFile
{
    private const int FloatsPerVertex = 3;

    /// <summary>Writes one mesh; one without triangles is an empty scene.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="valueMin">The colour value that is black.</param>
    /// <param name="valueMax">The colour value that is white.</param>
    public static byte[] Write(TriangleMesh mesh, float valueMin, float valueMax)
    {
        ModelRoot model = ModelRoot.CreateModel();
        model.Asset.Generator = "SjcGrpc";
        Scene scene = model.UseScene("scene");
        if (mesh.TriangleCount > 0)
        {
            Node node = scene.CreateNode("field");
            node.Mesh = CreateMesh(model, mesh, valueMin, valueMax);
            model.MergeBuffers();
        }

        using MemoryStream stream = new();
        model.WriteGLB(stream);
        return stream.ToArray();
    }

    private static Mesh CreateMesh(ModelRoot model, TriangleMesh source, float valueMin, float valueMax)
    {
        Material material = model.CreateMaterial("vertex colors");
        material.InitializeUnlit();
        Mesh mesh = model.CreateMesh("field");
        MeshPrimitive primitive = mesh.CreatePrimitive();
        primitive.DrawPrimitiveType = PrimitiveType.TRIANGLES;
        primitive.Material = material;
        primitive.SetVertexAccessor("POSITION", Vertices(model, source.Positions));
        primitive.SetVertexAccessor("NORMAL", Vertices(model, source.Normals));
        primitive.SetVertexAccessor("COLOR_0", Vertices(model, LinearColors(source, valueMin, valueMax)));
        Accessor indices = model.CreateAccessor("indices");
        byte[] indexBytes = LittleEndian(MemoryMarshal.AsBytes(source.Triangles.AsSpan()));
        indices.SetIndexData(model.UseBufferView(indexBytes, 0, null, 0, BufferMode.ELEMENT_ARRAY_BUFFER), 0, source.Triangles.Length, IndexEncodingType.UNSIGNED_INT);
        primitive.SetIndexAccessor(indices);
        return mesh;
    }

    private static Accessor Vertices(ModelRoot model, float[] values)
    {
        BufferView view = model.UseBufferView(LittleEndian(MemoryMarshal.AsBytes(values.AsSpan())), 0, null, 0, BufferMode.ARRAY_BUFFER);
        Accessor accessor = model.CreateAccessor();
        accessor.SetVertexData(view, 0, values.Length / FloatsPerVertex, new AttributeFormat(DimensionType.VEC3, EncodingType.FLOAT, false));
        return accessor;
    }

    private static float[] LinearColors(TriangleMesh mesh, float valueMin, float valueMax)
    {
        float[] colors = new float[FloatsPerVertex * mesh.VertexCount];
        for (int vertex = 0; vertex < mesh.VertexCount; vertex++)
        {
            (byte red, byte green, byte blue) = mesh.RgbBytes(vertex, valueMin, valueMax);
            (colors[3 * vertex], colors[(3 * vertex) + 1], colors[(3 * vertex) + 2]) = (ToLinear(red), ToLinear(green), ToLinear(blue));
        }

        return colors;
    }

    private static float ToLinear(byte value)
    {
        double encoded = value / 255.0;
        return (float)(encoded <= 0.04045 ? encoded / 12.92 : Math.Pow((encoded + 0.055) / 1.055, 2.4));
    }

    /// <summary>Copies 32-bit words into the file's byte order.</summary>
    private static byte[] LittleEndian(ReadOnlySpan<byte> words)
    {
        byte[] bytes = words.ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            Span<uint> swapped = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan());
            BinaryPrimitives.ReverseEndianness(swapped, swapped);
        }

        return bytes;
    }
}
