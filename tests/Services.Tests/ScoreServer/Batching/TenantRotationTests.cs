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

    [Fact]
    public void EndBatch_RowsThatNobodyElseCouldUse_KeepNobodyWaiting()
    {
        // A batch has room for one image of the heavy tenant; the filler gets the rest, far more than its part. The other tenant has a key of its own.
        const int Batch = 16;
        const int Weights = 10 + 1 + 1;
        BatchQueue<BatchItem> queue = new(new BatchingOptions { MaxBatchRows = Batch, QueueCapacityRows = 65_536 }, tenant => new TenantShare(tenant == "heavy" ? 10 : 1, 65_536));
        BatchItem large = new("heavy", Car, 4000) { ImageRows = 10 };
        Accept(queue, large);
        Accept(queue, new BatchItem("heavy", Car, 10_000));
        Accept(queue, new BatchItem("filler", Car, 10_000));
        Accept(queue, new BatchItem("other", Car with { Model = "chair" }, 10_000));

        Dictionary<string, int> rows = TakeWhile(() => large.TakenRows < large.Rows, out _);

        Assert.InRange(rows["heavy"], 10 * (rows["other"] - Batch), 10 * (rows["other"] + Batch)); // by weight, but for a batch of the lighter one
        Assert.InRange(rows["filler"], 2400 - Batch, 2400 + Batch); // six for each ten

        // Now everything fits. The filler is a batch ahead, so it has its part again after as many batches as there are weights, and is first before as many more are over.
        int batches = 0;
        TakeWhile(() => batches++ < 200, out int longestWait);
        Assert.InRange(longestWait, 1, 2 * Weights);

        Dictionary<string, int> TakeWhile(Func<bool> goesOn, out int longestWait)
        {
            Dictionary<string, int> rows = new() { ["heavy"] = 0, ["filler"] = 0, ["other"] = 0 };
            int wait = longestWait = 0;
            while (goesOn())
            {
                IReadOnlyList<BatchSlice<BatchItem>> slices = queue.Take(TimeSpan.Zero, [])!.Slices;
                foreach (BatchSlice<BatchItem> slice in slices)
                {
                    rows[slice.Item.Tenant] += slice.Count;
                }

                wait = slices.Any(slice => slice.Item.Tenant == "filler") ? 0 : wait + 1;
                longestWait = Math.Max(longestWait, wait);
            }

            return rows;
        }
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
