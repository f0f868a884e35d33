namespace Sjc.Benchmarks.Rendering;

/// <summary>Time of one iteration's stages, milliseconds.</summary>
internal readonly record struct StageTimes(double Forward, double Backward, double Step)
{
    public double Total => Forward + Backward + Step;
}
