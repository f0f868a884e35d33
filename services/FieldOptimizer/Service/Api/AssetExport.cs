using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.FieldOptimizer.Export;
using Sjc.FieldOptimizer.Jobs;
using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Checkpoints;
using Sjc.RadianceField.Meshing;
using Sjc.RadianceField.Optimization;

namespace Sjc.FieldOptimizer.Api;

/// <summary>ExportAsset: a job's field or its mesh as a file, in chunks.</summary>
internal sealed class AssetExport(JobFields fields, RenderSlots slots, FieldPictures pictures)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Makes the file and sends it; its size and SHA-256 come with the last chunk.</summary>
    public async Task RunAsync(LiveJob job, ExportAssetRequest request, IServerStreamWriter<ExportAssetResponse> responses, CancellationToken cancellationToken)
    {
        FieldViolations violations = new();
        violations.Require(request.Format is AssetFormat.Glb or AssetFormat.Ply or AssetFormat.Field, "format", "be GLB, PLY or FIELD", (int)request.Format);
        violations.Require(request.DensityThreshold is >= 0 and <= 1e9, "density_threshold", "be in [0, 1e9]", request.DensityThreshold);
        violations.ThrowIfAny();

        byte[] file = await MakeFileAsync(job, request, cancellationToken);
        for (int start = 0; start < file.Length; start += ChunkBytes)
        {
            int length = Math.Min(ChunkBytes, file.Length - start);
            ExportAssetResponse response = new() { Chunk = UnsafeByteOperations.UnsafeWrap(file.AsMemory(start, length)) };
            if (start + length == file.Length)
            {
                response.TotalBytes = (ulong)file.Length;
                response.Sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
            }

            await responses.WriteAsync(response, cancellationToken);
        }
    }

    private async Task<byte[]> MakeFileAsync(LiveJob job, ExportAssetRequest request, CancellationToken cancellationToken)
    {
        using SjcOptimization optimization = await slots.RunAsync(() => fields.Open(job), cancellationToken);
        Model model = job.Now.Record.Model;
        if (request.Format == AssetFormat.Field)
        {
            return await slots.RunAsync(() => WriteField(optimization), cancellationToken);
        }

        TriangleMesh mesh = await slots.RunAsync(
            () => FieldSurface.Extract(optimization.Field, request.DensityThreshold > 0 ? request.DensityThreshold : null), cancellationToken);
        (float least, float greatest) = (model.ValueMin, model.ValueMax);
        if (model.DataSpace == DataSpace.Latent)
        {
            LatentColors colors = await pictures.ColorsAsync(optimization, model, job.Now.Record.Spec.Camera.Radius, cancellationToken);
            mesh = new TriangleMesh(mesh.Positions, mesh.Normals, colors.OfPoints(mesh.Colors), mesh.Triangles, channels: 3);
            (least, greatest) = (-1, 1);
        }

        return await slots.RunAsync(() => request.Format == AssetFormat.Glb ? GlbFile.Write(mesh, least, greatest) : WritePly(mesh, least, greatest), cancellationToken);
    }

    private static byte[] WriteField(SjcOptimization optimization)
    {
        SafetensorsWriter writer = new();
        FieldFile.Write(writer, optimization.Field);
        using MemoryStream stream = new();
        writer.Write(stream);
        return stream.ToArray();
    }

    private static byte[] WritePly(TriangleMesh mesh, float least, float greatest)
    {
        using MemoryStream stream = new();
        PlyWriter.Write(stream, mesh, least, greatest);
        return stream.ToArray();
    }
}
