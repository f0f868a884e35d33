using System.ComponentModel.DataAnnotations;

namespace Sjc.FieldOptimizer.Scoring;

/// <summary>Where the scorer is, and how long it is waited for.</summary>
internal sealed record ScorerOptions : IValidatableObject
{
    public const string Section = "Scorer";

    /// <summary>Of a ScoreService, such as http://localhost:5201; http means HTTP/2 without TLS.</summary>
    [Required]
    public Uri Address { get; init; } = new("http://localhost:5201");

    /// <summary>A request that has had no answer for so long fails its job, which can be resumed.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>One attempt waits so long for its answer, queueing included.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Before the second attempt; doubles from there on, with jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two attempts.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Calls for descriptions of models wait so long, retries included.</summary>
    public TimeSpan DescribeTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A stream of scores is opened anew after so long: its deadline.</summary>
    public TimeSpan StreamLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Largest message taken from the scorer.</summary>
    [Range(65_536, 1_073_741_824)]
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Address.IsAbsoluteUri || (Address.Scheme != Uri.UriSchemeHttp && Address.Scheme != Uri.UriSchemeHttps))
        {
            yield return new($"{Section}:{nameof(Address)} must be an absolute http or https address, but is {Address}.");
        }

        foreach ((string name, TimeSpan value) in new[]
        {
            (nameof(GiveUpAfter), GiveUpAfter), (nameof(AttemptTimeout), AttemptTimeout), (nameof(RetryDelay), RetryDelay),
            (nameof(MaxRetryDelay), MaxRetryDelay), (nameof(DescribeTimeout), DescribeTimeout), (nameof(StreamLifetime), StreamLifetime),
        })
        {
            if (value < TimeSpan.FromMilliseconds(10) || value > TimeSpan.FromHours(24))
            {
                yield return new($"{Section}:{name} must be in [10 ms, 24 h], but is {value}.");
            }
        }

        if (MaxRetryDelay < RetryDelay)
        {
            yield return new($"{Section}:{nameof(MaxRetryDelay)} must be at least {nameof(RetryDelay)} ({RetryDelay}), but is {MaxRetryDelay}.");
        }
    }
}
