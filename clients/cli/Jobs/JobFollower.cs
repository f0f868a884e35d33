using Grpc.Core;
using Sjc.Cli.Pictures;
using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Jobs;

/// <summary>Watches a job until it is at rest: shows its progress, keeps its losses and its latest preview.</summary>
/// <param name="client">Of the optimizer.</param>
/// <param name="display">Where progress is shown.</param>
/// <param name="history">Receives the losses.</param>
/// <param name="previewPath">A PNG file that is replaced by every new preview; null: none.</param>
internal sealed class JobFollower(FieldService.FieldServiceClient client, JobProgressDisplay display, LossHistory history, string? previewPath)
{
    private const int PreviewSide = 512;

    /// <summary>The job as it is when it has succeeded, failed, been cancelled or been paused.</summary>
    public async Task<Job> FollowAsync(string id, CancellationToken cancellationToken)
    {
        WatchJobRequest request = new() { Id = id, Previews = previewPath is not null };
        using AsyncServerStreamingCall<WatchJobResponse> call = client.WatchJob(request, cancellationToken: cancellationToken);
        try
        {
            await foreach (WatchJobResponse update in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                history.Add(update.LossPoints);
                if (update.Preview is { Png.Length: > 0 } preview)
                {
                    WritePreview(preview);
                }

                display.Show(update.Job);
                if (JobTexts.IsAtRest(update.Job.State))
                {
                    return update.Job;
                }
            }
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        finally
        {
            display.Close();
        }

        return (await client.GetJobAsync(new GetJobRequest { Id = id }, cancellationToken: cancellationToken)).Job;
    }

    private void WritePreview(Picture preview)
    {
        using SkiaSharp.SKBitmap small = PictureFile.Decode(preview.Png.Span);
        using SkiaSharp.SKBitmap large = PictureFile.Enlarge(small, PreviewSide);
        PictureFile.WritePng(previewPath!, large);
    }
}
