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
    public void BusyTenants_SharesAreWithinTheBoundAndWaitsAreBounded() =>
        System.Threading.Tasks.Parallel.For(0, Seeds, Parallel, seed => new QueueContest((ulong)seed).Run());

    [Fact]
    public void BusyTenants_ImagesOfOneRow_SharesAreWithinTheCloserBound() =>
        System.Threading.Tasks.Parallel.For(0, Seeds / 50, Parallel, seed => new QueueContest((ulong)seed, largestImage: 1).Run());

    /// <summary>A light tenant fills up seven batches of 11 rows where others' large images do not fit, and is 13.3 rows ahead.</summary>
    [Fact]
    public void BusyTenants_RowsThatNobodyElseCouldUse_DoNotCount() => new QueueContest(279_854).Run();
}
