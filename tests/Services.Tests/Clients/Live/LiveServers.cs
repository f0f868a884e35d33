using Sjc.Services.Tests.EndToEnd;
using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.Clients.Live;

/// <summary>A score server and a field optimizer as processes: those that clients/test shares among all languages (SJC_SCORER, SJC_OPTIMIZER), or own ones.</summary>
public sealed class LiveServers : IAsyncLifetime
{
    private readonly TemporaryFolder jobs = new();
    private ServiceProcess? scorer;
    private ServiceProcess? optimizer;

    /// <summary>Address of the scorer, whose model is "exact".</summary>
    public string Scorer { get; private set; } = Environment.GetEnvironmentVariable("SJC_SCORER") ?? "";

    /// <summary>Address of the optimizer.</summary>
    public string Optimizer { get; private set; } = Environment.GetEnvironmentVariable("SJC_OPTIMIZER") ?? "";

    /// <summary>Where the other languages' suites left their canvases; null: they did not run.</summary>
    public static string? Canvases => Environment.GetEnvironmentVariable("SJC_CANVASES");

    public async ValueTask InitializeAsync()
    {
        if (Scorer.Length > 0 && Optimizer.Length > 0)
        {
            return;
        }

        scorer = await ServiceProcess.StartAsync("Sjc.ScoreServer", null, "--Models:0:Name=exact", "--Models:0:Kind=exact", "--TorchThreads=1");
        optimizer = await ProcessRun.StartOptimizerAsync(jobs.Path, scorer.Address);
        (Scorer, Optimizer) = (scorer.Address.ToString(), optimizer.Address.ToString());
    }

    public ValueTask DisposeAsync()
    {
        optimizer?.Dispose();
        scorer?.Dispose();
        jobs.Dispose();
        return ValueTask.CompletedTask;
    }
}
