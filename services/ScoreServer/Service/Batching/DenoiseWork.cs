using System.Diagnostics;
using Sjc.Diffusion;
using Sjc.Diffusion.Scoring;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Batching;

/// <summary>Rows for the network, and whoever awaits them.</summary>
/// <param name="tenant">Whose turn it is.</param>
/// <param name="model">The network.</param>
/// <param name="rows">x of each row, [rows, c, h, w]; the batcher writes D over it.</param>
/// <param name="sigmas">σ of each row.</param>
/// <param name="conditions">The condition of each row.</param>
internal sealed class DenoiseWork(string tenant, LoadedModel model, float[] rows, double[] sigmas, Condition[] conditions)
    : BatchItem(tenant, KeyOf(model), sigmas.Length)
{
    private readonly TaskCompletionSource _completion = new();

    public LoadedModel Model { get; } = model;

    /// <summary>x, and D once <see cref="Completion"/> has ended well; [rows, c, h, w].</summary>
    public float[] Values { get; } = rows;

    /// <summary>σ of each row.</summary>
    public double[] Sigmas { get; } = sigmas;

    /// <summary>The condition of each row.</summary>
    public Condition[] Conditions { get; } = conditions;

    /// <summary>Rows of passes that give the same bits, ascending, for <see cref="BatchSharing.Padded"/>; else none.</summary>
    public IReadOnlyList<int> PassSizes { get; init; } = [];

    /// <summary>Ends when all rows are denoised; cancelled, a <see cref="TimeoutException"/>, a <see cref="DeviceExhaustedException"/> or the
    /// network's exception where they are not.</summary>
    public Task Completion => _completion.Task;

    /// <summary>The trace that it belongs to.</summary>
    public ActivityContext Trace { get; } = Activity.Current?.Context ?? default;

    /// <summary>From acceptance to the launch of its last batch.</summary>
    public TimeSpan QueueTime { get; set; }

    /// <summary>In batches that held rows of it.</summary>
    public BatchTiming BatchTime { get; set; }

    /// <summary>Rows of the largest batch that it was part of.</summary>
    public int LargestBatchRows { get; set; }

    /// <summary>The rows of a score query, with the estimator's noise.</summary>
    /// <param name="query">The query.</param>
    /// <param name="tenant">Whose turn it is.</param>
    /// <param name="model">The network.</param>
    /// <param name="passSizes">Where the answer is to be deterministic: rows of passes that it may share; null: it need not be.</param>
    /// <param name="priority">Among work of the tenant.</param>
    /// <param name="deadline">On the queues' clock.</param>
    public static DenoiseWork Of(ScoreQuery query, string tenant, LoadedModel model, IReadOnlyList<int>? passSizes, Priority priority, TimeSpan deadline)
    {
        int size = query.DataShape.ElementCount;
        int count = ScoreRows.RowCount(query);
        float[] rows = GC.AllocateUninitializedArray<float>(count * size);
        double[] sigmas = new double[count];
        Condition[] conditions = new Condition[count];
        for (int row = 0; row < count; row++)
        {
            Span<float> noisy = rows.AsSpan(row * size, size);
            if (query.IsGuided && row % 2 == 1)
            {
                // The negative row of a draw sees what the row before it sees: noise takes longer to draw than to copy.
                rows.AsSpan((row - 1) * size, size).CopyTo(noisy);
                (sigmas[row], conditions[row]) = (sigmas[row - 1], query.NegativeConditions[row / (2 * query.Draws)]);
            }
            else
            {
                (sigmas[row], conditions[row]) = ScoreRows.WriteRow(query, row, noisy);
            }
        }

        return new DenoiseWork(tenant, model, rows, sigmas, conditions)
        {
            DrawRows = query.IsGuided ? 2 : 1,
            ImageRows = count / query.ImageCount,
            Sharing = passSizes is null ? BatchSharing.Any : passSizes.Count > 0 ? BatchSharing.Padded : BatchSharing.None,
            PassSizes = passSizes ?? [],
            BatchRows = passSizes is [.., int largest] ? largest : 0,
            Priority = priority,
            Deadline = deadline,
        };
    }

    /// <summary>Ends it well, and lets whoever awaits it go on: here, or on a thread of the pool, which has to wake for it.</summary>
    public void SetCompleted(bool here)
    {
        if (here)
        {
            _completion.TrySetResult();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static work => work._completion.TrySetResult(), this, preferLocal: false);
        }
    }

    public void SetCancelled(CancellationToken cancellationToken) =>
        ThreadPool.UnsafeQueueUserWorkItem(static end => end.Work._completion.TrySetCanceled(end.Token), (Work: this, Token: cancellationToken), preferLocal: false);

    public void SetException(Exception exception) =>
        ThreadPool.UnsafeQueueUserWorkItem(static end => end.Work._completion.TrySetException(end.Exception), (Work: this, Exception: exception), preferLocal: false);

    private static BatchKey KeyOf(LoadedModel model) => new(model.Name, model.Description.ComputeTypeName, model.Description.DataShape);
}
