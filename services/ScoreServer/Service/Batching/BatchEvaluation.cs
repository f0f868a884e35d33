namespace Sjc.ScoreServer.Batching;

/// <summary>Evaluates a batch. A device out of memory is asked once more: for halves, where the batch may be cut.</summary>
/// <param name="run">Takes rows through the network, as <see cref="BatchRunner.Run"/> does.</param>
internal sealed class BatchEvaluation(Func<IReadOnlyList<BatchSlice<DenoiseWork>>, int, BatchTiming> run)
{
    /// <summary>Evaluates the rows that somebody waits for still.</summary>
    /// <param name="batch">What was launched.</param>
    /// <param name="slices">Those of its slices that are wanted, at least one.</param>
    /// <param name="failures">Receives the requests that the device has no memory for.</param>
    /// <param name="timing">Where the time went.</param>
    public void Run(Batch<DenoiseWork> batch, IReadOnlyList<BatchSlice<DenoiseWork>> slices, Dictionary<DenoiseWork, Exception> failures, out BatchTiming timing)
    {
        int padded = batch.Sharing == BatchSharing.Padded ? PaddedRows(batch) : 0;
        timing = default;
        try
        {
            timing = run(slices, padded);
            return;
        }
        catch (Exception exception) when (DeviceExhaustedException.IsOutOfMemory(exception))
        {
            // What the failed pass held is free now. Once more, below.
        }

        // A deterministic batch cut otherwise would have other bits.
        foreach (IReadOnlyList<BatchSlice<DenoiseWork>> half in batch.Sharing == BatchSharing.Any ? Halves(slices) : [slices])
        {
            try
            {
                timing += run(half, padded);
            }
            catch (Exception exception) when (DeviceExhaustedException.IsOutOfMemory(exception))
            {
                foreach (BatchSlice<DenoiseWork> slice in half)
                {
                    failures[slice.Item] = new DeviceExhaustedException("The device's memory must hold the batch, but does not; the request may be tried again.", exception);
                }
            }
        }
    }

    /// <summary>Rows of the pass, padding included: the least of the sizes that give the same bits.</summary>
    public static int PaddedRows(Batch<DenoiseWork> batch) =>
        batch.Sharing == BatchSharing.Padded ? batch.Slices[0].Item.PassSizes.First(size => size >= batch.Rows) : batch.Rows;

    /// <summary>Two parts of about as many rows, cut between draws.</summary>
    internal static IReadOnlyList<IReadOnlyList<BatchSlice<DenoiseWork>>> Halves(IReadOnlyList<BatchSlice<DenoiseWork>> slices)
    {
        List<BatchSlice<DenoiseWork>> first = [];
        List<BatchSlice<DenoiseWork>> second = [];
        int left = (slices.Sum(slice => slice.Count) + 1) / 2;
        foreach (BatchSlice<DenoiseWork> slice in slices)
        {
            int draw = slice.Item.DrawRows;
            int count = Math.Min(slice.Count, (left + draw - 1) / draw * draw);
            left -= count;
            if (count > 0)
            {
                first.Add(slice with { Count = count });
            }

            if (count < slice.Count)
            {
                second.Add(slice with { FirstRow = slice.FirstRow + count, Count = slice.Count - count });
            }
        }

        return second.Count == 0 ? [first] : [first, second];
    }
}
