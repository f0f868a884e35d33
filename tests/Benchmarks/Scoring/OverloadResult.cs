namespace Sjc.Benchmarks.Scoring;

/// <summary>What an overloaded scorer did.</summary>
/// <param name="Offered">Requests sent a second.</param>
/// <param name="Served">Requests answered a second.</param>
/// <param name="RefusalSeconds">From a request to its refusal.</param>
/// <param name="ResidentBytes">Memory of the scorer, once a second after the first seconds.</param>
internal sealed record OverloadResult(double Offered, double Served, IReadOnlyList<double> RefusalSeconds, IReadOnlyList<double> ResidentBytes);
