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
internal sealed class AssetExport(JobFields fields, RenderSlots slots)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Makes the file and sends it; its size and SHA-256 come with the last chunk.</summary>
    public async Task RunAsync(LiveJob job, ExportAssetRequest request, IServerStreamWriter<ExportAssetResponse> responses, CancellationToken cancellationToken)
    {
        FieldViolations violations = new();
        violations.Require(request.Format is AssetFormat.Glb or AssetFormat.Ply or AssetFormat.Field, "format", "be GLB, PLY or FIELD", (int)request.Format);
        violations.Require(request.DensityThreshold is >= 0 and <= 1e9, "density_threshold", "be in [0, 1e9]", request.DensityThreshold);
        violations.ThrowIfAny();

        byte[] file = await slots.RunAsync(() => MakeFile(job, request), cancellationToken);
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

    private byte[] MakeFile(LiveJob job, ExportAssetRequest request)
    {
        using SjcOptimization optimization = fields.Open(job);
        using MemoryStream stream = new();
        if (request.Format == AssetFormat.Field)
        {
            SafetensorsWriter writer = new();
            FieldFile.Write(writer, optimization.Field);
            writer.Write(stream);
            return stream.ToArray();
        }

        Model model = job.Now.Record.Model;
        TriangleMesh mesh = FieldSurface.Extract(optimization.Field, request.DensityThreshold > 0 ? request.DensityThreshold : null);
        if (request.Format == AssetFormat.Glb)
        {
            return GlbFile.Write(mesh, model.ValueMin, model.ValueMax);
        }

        PlyWriter.Write(stream, mesh, model.ValueMin, model.ValueMax);
        return stream.ToArray();
    }
}
