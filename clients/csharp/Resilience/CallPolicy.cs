using Polly;

namespace Sjc.Client.Resilience;

/// <summary>How a call is repeated and for how long.</summary>
/// <param name="Pipeline">Repeats attempts and ends them.</param>
/// <param name="GiveUpAfter">The pipeline's total timeout, for messages.</param>
/// <param name="AttemptTimeout">Of each attempt; the server sees it as the deadline.</param>
internal sealed record CallPolicy(ResiliencePipeline<object> Pipeline, TimeSpan GiveUpAfter, TimeSpan AttemptTimeout)
{
    /// <summary>One attempt alone.</summary>
    public static CallPolicy Once(TimeSpan attemptTimeout) => new(ResiliencePipeline<object>.Empty, attemptTimeout, attemptTimeout);
}
