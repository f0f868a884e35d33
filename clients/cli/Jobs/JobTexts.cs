using System.Globalization;
using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Jobs;

/// <summary>Words and figures for jobs.</summary>
internal static class JobTexts
{
    /// <summary>Such as "running".</summary>
    public static string Of(JobState state) => state.ToString().ToLowerInvariant();

    /// <summary>What a job makes: its prompt, or the class or model where there is none.</summary>
    public static string Subject(JobSpec spec) =>
        spec.Prompt.Length > 0 ? spec.Prompt : spec.HasClassLabel ? $"{spec.Model} class {spec.ClassLabel}" : spec.Model;

    /// <summary>Whether the job neither runs nor waits for its turn.</summary>
    public static bool IsAtRest(JobState state) => state is not (JobState.Queued or JobState.Running);

    /// <summary>Such as "1:05" or "2:10:00".</summary>
    public static string Duration(double seconds)
    {
        TimeSpan span = TimeSpan.FromSeconds(Math.Clamp(double.IsFinite(seconds) ? Math.Round(seconds) : 0, 0, 1e8));
        return span.TotalHours >= 1 ? $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}" : $"{span.Minutes}:{span.Seconds:00}";
    }

    /// <summary>Rate, time left and losses of a running job.</summary>
    public static string Figures(Job job)
    {
        JobProgress progress = job.Progress ?? new JobProgress();
        List<string> parts = [];
        if (progress.IterationsPerSecond > 0)
        {
            parts.Add($"{Number(progress.IterationsPerSecond)}/s");
            parts.Add($"{Duration(progress.RemainingSeconds)} left");
        }

        if (progress.Losses is { } losses)
        {
            parts.Add($"score {Number(losses.ScoreRms)}");
            parts.Add($"emptiness {Number(losses.Emptiness)}");
            if (job.Spec?.Loss is { DepthWeight: > 0 })
            {
                parts.Add($"depth {Number(losses.Depth)}");
            }

            parts.Add($"sigma {Number(progress.Sigma)}");
        }

        return string.Join("  ", parts);
    }

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
