using Sjc.Diffusion;
using Sjc.Diffusion.Scoring;
using Sjc.ScoreServer.Models;

namespace Sjc.ScoreServer.Batching;

/// <summary>Rows for the network, and whoever awaits them.</summary>
/// <param name="client">Whose turn it is.</param>
/// <param name="model">The network.</param>
/// <param name="rows">x of each row, [rows, c, h, w]; the batcher writes D over it.</param>
/// <param name="sigmas">σ of each row.</param>
/// <param name="conditions">The condition of each row.</param>
internal sealed class DenoiseWork(object client, LoadedModel model, float[] rows, double[] sigmas, Condition[] conditions)
    : BatchItem(client, KeyOf(model), sigmas.Length)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LoadedModel Model { get; } = model;

    /// <summary>x, and D once <see cref="Completion"/> has ended well; [rows, c, h, w].</summary>
    public float[] Values { get; } = rows;

    /// <summary>σ of each row.</summary>
    public double[] Sigmas { get; } = sigmas;

    /// <summary>The condition of each row.</summary>
    public Condition[] Conditions { get; } = conditions;

    /// <summary>Ends when all rows are denoised; cancelled, a <see cref="TimeoutException"/> or the network's exception where they are not.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Timestamp of acceptance.</summary>
    public long AcceptedAt { get; set; }

    /// <summary>From acceptance to the launch of its last batch.</summary>
    public TimeSpan QueueTime { get; set; }

    /// <summary>In batches that held rows of it.</summary>
    public TimeSpan ComputeTime { get; set; }

    /// <summary>Rows of the largest batch that it was part of.</summary>
    public int LargestBatchRows { get; set; }

    /// <summary>The rows of a score query, with the estimator's noise.</summary>
    public static DenoiseWork Of(ScoreQuery query, object client, LoadedModel model, bool deterministic, DateTimeOffset deadline)
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

        return new DenoiseWork(client, model, rows, sigmas, conditions) { Deterministic = deterministic, Deadline = deadline };
    }

    public void SetCompleted() => _completion.TrySetResult();

    public void SetCancelled(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);

    public void SetException(Exception exception) => _completion.TrySetException(exception);

    private static BatchKey KeyOf(LoadedModel model) => new(model.Name, model.Description.ComputeTypeName, model.Description.DataShape);
}
