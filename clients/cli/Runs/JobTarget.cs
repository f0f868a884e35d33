using Sjc.Cli.Services;

namespace Sjc.Cli.Runs;

/// <summary>A job that a command works on: one of a run's folder, or one of a running optimizer.</summary>
/// <param name="Connection">To the optimizer that holds the job.</param>
/// <param name="Id">The job's id there.</param>
internal sealed record JobTarget(ServiceConnection Connection, string Id) : IAsyncDisposable
{
    /// <summary>Opens the optimizer of a target.</summary>
    /// <param name="target">A run's folder or a job's id.</param>
    /// <param name="optimizer">Address of a running optimizer; null: the run's, or one in this process over the run's folder.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="CommandException">It is neither.</exception>
    public static async Task<JobTarget> OpenAsync(string target, Uri? optimizer, CancellationToken cancellationToken)
    {
        RunFolder folder = new(target);
        RunRecord? record = RunRecord.Read(folder);
        if (record is null && optimizer is null)
        {
            throw CommandException.Usage($"{target} must be the folder of a run, or the id of a job of the optimizer that --optimizer names, but {folder.Path} has no run.json.");
        }

        ServiceConnection connection = await ServiceHosting.OpenOptimizerAsync(
            optimizer ?? record!.Optimizer, folder.Jobs, record?.Scorer ?? new Uri($"http://localhost:{Options.ServiceAddress.DefaultScorerPort}"), logFile: null, cancellationToken);
        return new JobTarget(connection, record?.JobId ?? target);
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
