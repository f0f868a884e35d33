namespace Sjc.Diffusion.Training;

/// <summary>How far a training run is.</summary>
/// <param name="Visits">Pictures shown so far.</param>
/// <param name="TotalVisits">Planned.</param>
/// <param name="Loss">Mean over the last steps.</param>
/// <param name="VisitsPerSecond">Over the last steps.</param>
public sealed record TrainingProgress(long Visits, long TotalVisits, double Loss, double VisitsPerSecond)
{
    /// <summary>Time left at the present rate.</summary>
    public TimeSpan Remaining => TimeSpan.FromSeconds(Math.Max(0, TotalVisits - Visits) / Math.Max(VisitsPerSecond, 1e-3));
}
