using System.Security.Cryptography;
using Grpc.Core;
using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Runs;

/// <summary>Fetches exported files.</summary>
internal static class AssetDownload
{
    /// <summary>Writes the asset to a file, whose place it takes only when it is complete and its checksum is right.</summary>
    /// <returns>Its bytes.</returns>
    /// <exception cref="InvalidDataException">What arrived is not what was sent.</exception>
    public static async Task<long> SaveAsync(FieldService.FieldServiceClient client, ExportAssetRequest request, string path, CancellationToken cancellationToken)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using AsyncServerStreamingCall<ExportAssetResponse> call = client.ExportAsset(request, cancellationToken: cancellationToken);
        long bytes = 0;
        ExportAssetResponse? last = null;
        try
        {
            await using (FileStream file = File.Create(temporary))
            {
                await foreach (ExportAssetResponse part in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    await file.WriteAsync(part.Chunk.Memory, cancellationToken);
                    hash.AppendData(part.Chunk.Span);
                    bytes += part.Chunk.Length;
                    last = part;
                }
            }

            string sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (last is null || last.TotalBytes != (ulong)bytes || last.Sha256 != sha256)
            {
                throw new InvalidDataException($"The exported file must have {last?.TotalBytes ?? 0} bytes with SHA-256 {last?.Sha256}, but {bytes} bytes with {sha256} arrived.");
            }

            File.Move(temporary, path, overwrite: true);
            return bytes;
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
