using Sjc.ScoreServer.Batching;

namespace Sjc.Services.Tests.ScoreServer.Batching;

/// <summary>Random histories of arrivals, cancellations, deadlines, batches and failures, 100 000 of them.</summary>
/// <remarks>SJC_SIMULATIONS=n runs n.</remarks>
public sealed class BatchQueueSimulationTests
{
    private static readonly int Seeds = int.TryParse(Environment.GetEnvironmentVariable("SJC_SIMULATIONS"), out int seeds) ? seeds : 100_000;

    private static readonly ParallelOptions Parallel = new() { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken };

    [Fact]
    public void RandomHistories_NothingLostDoubledOrSwapped() =>
        System.Threading.Tasks.Parallel.For(0, Seeds, Parallel, seed => new QueueHistory((ulong)seed).Run());

    [Fact]
    public void BusyTenants_SharesAreWithinABatchOfFairAndWaitsAreBounded() =>
        System.Threading.Tasks.Parallel.For(0, Seeds, Parallel, seed => new QueueContest((ulong)seed).Run());
}
