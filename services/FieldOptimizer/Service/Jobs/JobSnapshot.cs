namespace Sjc.FieldOptimizer.Jobs;

/// <summary>A job at one moment: what is stored of it and where its loop stands.</summary>
internal sealed record JobSnapshot(JobRecord Record, JobProgressValues Progress, PreviewPicture? Preview);

/// <summary>Where the loop stands.</summary>
/// <param name="Iteration">Iterations done.</param>
/// <param name="IterationsPerSecond">Over the last seconds; 0 when not running.</param>
/// <param name="ElapsedSeconds">Time in iterations so far.</param>
/// <param name="ScoreSeconds">The part of it spent waiting for the scorer.</param>
/// <param name="Last">What the last iteration measured; null before the first.</param>
internal sealed record JobProgressValues(int Iteration, double IterationsPerSecond, double ElapsedSeconds, double ScoreSeconds, LossSample? Last);
