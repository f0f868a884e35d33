using System.Diagnostics;

namespace Sjc.FieldOptimizer.Telemetry;

/// <summary>The optimizer's spans: each iteration of a job is a trace, of rendering, the score, with what the scorer does for it, and the step.</summary>
internal static class FieldOptimizerTraces
{
    public const string SourceName = "Sjc.FieldOptimizer";

    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>One iteration, the root of its trace: one trace for a whole job would be too large to look at, and all or nothing to sampling.</summary>
    public static Activity? StartIteration(string job, int iteration) =>
        Source.HasListeners() ? Source.StartActivity("iteration", ActivityKind.Internal, default(ActivityContext), [new("sjc.job", job), new("sjc.iteration", iteration)]) : null;
}
