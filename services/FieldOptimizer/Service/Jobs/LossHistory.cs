namespace Sjc.FieldOptimizer.Jobs;

/// <summary>The last losses of a job, for plots. Thread-safe.</summary>
internal sealed class LossHistory
{
    /// <summary>Samples kept: as many as one event of a watched job may hold.</summary>
    public const int Capacity = 1000;

    private readonly Lock gate = new();
    private readonly Queue<LossSample> samples = new(Capacity);

    /// <summary>Starts anew from stored samples.</summary>
    public void Reset(IEnumerable<LossSample> stored)
    {
        lock (gate)
        {
            samples.Clear();
            foreach (LossSample sample in stored.TakeLast(Capacity))
            {
                samples.Enqueue(sample);
            }
        }
    }

    /// <summary>Adds the newest sample; the oldest leaves when there is no room.</summary>
    public void Add(LossSample sample)
    {
        lock (gate)
        {
            if (samples.Count == Capacity)
            {
                samples.Dequeue();
            }

            samples.Enqueue(sample);
        }
    }

    /// <summary>The samples after an iteration.</summary>
    public IReadOnlyList<LossSample> After(int iteration)
    {
        lock (gate)
        {
            return [.. samples.Where(sample => sample.Iteration > iteration)];
        }
    }

    /// <summary>The newest sample; null where there is none.</summary>
    public LossSample? Last()
    {
        lock (gate)
        {
            return samples.Count > 0 ? samples.Last() : null;
        }
    }
}
