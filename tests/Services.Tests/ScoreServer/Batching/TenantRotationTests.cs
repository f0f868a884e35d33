using Sjc.Diffusion;
using Sjc.ScoreServer.Batching;

namespace Sjc.Services.Tests.ScoreServer.Batching;

public sealed class TenantRotationTests
{
    private static readonly BatchKey Car = new("car", "f32", new DataShape(3, 8, 8));

    [Fact]
    public void Charge_RequestsAlone_GetNoMoreThanTheSameSharing()
    {
        int shared = LightRows(BatchSharing.Any);
        Assert.InRange(LightRows(BatchSharing.None), shared - 4, shared + 4); // within a batch
    }

    /// <summary>Rows that a tenant gets, with one request at a time, beside one of three times its weight that has rows enough.</summary>
    private static int LightRows(BatchSharing sharing)
    {
        const int Batches = 40;
        BatchQueue<BatchItem> queue = new(new BatchingOptions { MaxBatchRows = 4 }, tenant => new TenantShare(tenant == "heavy" ? 3 : 1, 1000));
        Accept(queue, new BatchItem("heavy", Car, 4 * Batches));
        int rows = 0;
        for (int i = 0; i < Batches; i++)
        {
            if (queue.RowsOf("light") == 0)
            {
                Accept(queue, new BatchItem("light", Car, 4) { ImageRows = 4, Sharing = sharing });
            }

            rows += queue.Take(TimeSpan.Zero, [])!.Slices.Sum(slice => slice.Item.Tenant == "light" ? slice.Count : 0);
        }

        return rows;
    }

    private static void Accept(BatchQueue<BatchItem> queue, BatchItem item) => Assert.Equal(EnqueueResult.Accepted, queue.TryEnqueue(item, TimeSpan.Zero));
}
