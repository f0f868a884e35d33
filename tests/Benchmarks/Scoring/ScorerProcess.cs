using System.Diagnostics;

namespace Sjc.Benchmarks.Scoring;

/// <summary>A scorer that runs apart, so that its memory is its own.</summary>
/// <param name="process">The process.</param>
/// <param name="address">Where it listens.</param>
public sealed class ScorerProcess(Process process, Uri address) : IDisposable
{
    /// <summary>Where it listens.</summary>
    public Uri Address { get; } = address;

    /// <summary>Resident memory, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Processor time so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }
}
