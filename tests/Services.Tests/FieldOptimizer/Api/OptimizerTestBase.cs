using Sjc.Contracts.Field.V1;
using Sjc.Services.Tests.FieldOptimizer.Scoring;

namespace Sjc.Services.Tests.FieldOptimizer.Api;

/// <summary>Tests against an optimizer with a store and a fake scorer of their own.</summary>
public abstract class OptimizerTestBase : IAsyncLifetime
{
    private protected TemporaryFolder Folder { get; } = new();

    private protected FakeScorer Scorer { get; private set; } = null!;

    private protected OptimizerServer Server { get; private set; } = null!;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A job of 12 iterations; each call gives a new copy.</summary>
    private protected static JobSpec Spec => new()
    {
        Prompt = "a red dot",
        Seed = 5,
        Iterations = 12,
        CheckpointEvery = 4,
        PreviewEvery = 5,
        Field = new FieldSpec { GridSize = 6, RenderSize = 8 },
        Score = new ScoreSpec { SigmaMin = 0.5, SigmaMaxStart = 4, SigmaMaxEnd = 1 },
    };

    public async ValueTask InitializeAsync()
    {
        Scorer = await FakeScorer.StartNewAsync();
        Server = await OptimizerServer.StartAsync(Scorer.Address, Folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Scorer.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the server and starts another one on its store.</summary>
    private protected async Task RestartServerAsync()
    {
        await Server.DisposeAsync();
        Server = await OptimizerServer.StartAsync(Scorer.Address, Folder.Path);
    }

    /// <summary>Lets the scorer hold its answers from the n-th request on.</summary>
    /// <returns>Releases them.</returns>
    private protected TaskCompletionSource HoldFrom(int request)
    {
        TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Scorer.Behavior.Hold = number => number >= request ? held.Task : Task.CompletedTask;
        return held;
    }
}
