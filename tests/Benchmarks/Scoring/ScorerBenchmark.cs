using System.Runtime.CompilerServices;

namespace Sjc.Benchmarks.Scoring;

/// <summary>A scorer on this machine's processor against its network without a server: rates, latency, fairness, overload, memory.</summary>
/// <remarks>The clients run on the same cores as the scorer, and what they take is missing to it. With one thread for the network and two cores, one
/// core is left for the transport of both sides; a scorer whose network runs on a GPU has that by nature.</remarks>
public static class ScorerBenchmark
{
    /// <summary>What can be measured by itself, in the order of the whole.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["raw", "clients", "latency", "fairness", "one-at-a-time", "idle-streams", "overload", "optimizers"];

    /// <summary>Runs the chosen parts.</summary>
    /// <exception cref="InvalidOperationException">A request that must be answered was refused.</exception>
    public static async IAsyncEnumerable<ScorerFigure> RunAsync(ScorerBenchmarkOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using BareNetwork network = new(options.Threads);
        foreach (IAsyncEnumerable<ScorerFigure> figures in Chosen(network, options, cancellationToken))
        {
            await foreach (ScorerFigure figure in figures)
            {
                yield return figure;
            }
        }
    }

    private static IEnumerable<IAsyncEnumerable<ScorerFigure>> Chosen(BareNetwork network, ScorerBenchmarkOptions options, CancellationToken cancellationToken)
    {
        bool Has(string part) => options.Parts.Count == 0 || options.Parts.Contains(part);
        LoadCases load = new(network, options);
        if (Has("raw"))
        {
            yield return load.Raw(cancellationToken);
        }

        if (Has("clients") || Has("latency") || Has("fairness"))
        {
            yield return load.Served(Has("clients"), Has("latency"), Has("fairness"), cancellationToken);
        }

        if (Has("one-at-a-time"))
        {
            yield return load.OneAtATime(cancellationToken);
        }

        LimitCases limits = new(network, options);
        if (Has("idle-streams"))
        {
            yield return limits.IdleStreams(cancellationToken);
        }

        if (Has("overload"))
        {
            yield return limits.Overload(cancellationToken);
        }

        if (Has("optimizers") && options.Optimizers > 0)
        {
            yield return limits.Optimizers(cancellationToken);
        }
    }
}
