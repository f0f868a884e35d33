using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Jobs;

/// <summary>Shows a job's progress: one line redrawn for a person, plain lines now and then for a file.</summary>
internal sealed class JobProgressDisplay(CliConsole console, TimeProvider time)
{
    private const int BarWidth = 24;
    private const string ClearToEnd = "\u001b[K";

    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private long? lastShown;
    private JobState lastState;
    private bool lineIsOpen;

    /// <summary>Shows the job, unless it was shown a moment ago in the same state.</summary>
    public void Show(Job job)
    {
        TimeSpan interval = console.Interactive ? RedrawInterval : LineInterval;
        if (job.State == lastState && lastShown is { } shown && time.GetElapsedTime(shown) < interval)
        {
            return;
        }

        (lastShown, lastState) = (time.GetTimestamp(), job.State);
        (uint done, uint all) = (job.Progress?.Iteration ?? 0, Math.Max(1, job.Progress?.Iterations ?? 1));
        if (!console.Interactive)
        {
            console.WriteLine($"{JobTexts.Of(job.State)}  {done}/{all}  {JobTexts.Figures(job)}".TrimEnd());
            return;
        }

        int filled = (int)(BarWidth * (ulong)done / all);
        string bar = new string('#', filled) + new string('.', BarWidth - filled);
        string line = $"{JobTexts.Of(job.State)} [{bar}] {done}/{all}  {JobTexts.Figures(job)}";
        int width = Math.Max(20, console.Output.Profile.Width - 1);
        TextWriter writer = console.Output.Profile.Out.Writer;
        writer.Write($"\r{line[..Math.Min(width, line.Length)]}{ClearToEnd}");
        writer.Flush();
        lineIsOpen = true;
    }

    /// <summary>Ends the redrawn line, so that other output starts on its own.</summary>
    public void Close()
    {
        if (lineIsOpen)
        {
            console.WriteLine(string.Empty);
            lineIsOpen = false;
        }
    }
}
