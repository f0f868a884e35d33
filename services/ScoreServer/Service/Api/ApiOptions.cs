using System.ComponentModel.DataAnnotations;

namespace Sjc.ScoreServer.Api;

/// <summary>Bounds of single calls, streams and connections.</summary>
internal sealed record ApiOptions : IValidatableObject
{
    public const string Section = "Api";

    private static readonly TimeSpan MaxTime = TimeSpan.FromHours(24);

    /// <summary>Most images in one request.</summary>
    [Range(1, 1024)]
    public int MaxImagesPerRequest { get; init; } = 64;

    /// <summary>Longest message that the server takes, bytes.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxMessageBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Requests of one stream that may wait for an answer, or whose answers wait to be read; more are not read until one is done.</summary>
    [Range(1, 4096)]
    public int MaxInFlightPerStream { get; init; } = 64;

    /// <summary>Longest prompt, characters, whatever the model takes.</summary>
    [Range(1, 100_000)]
    public int MaxPromptCharacters { get; init; } = 4096;

    /// <summary>Prompts in one call of EncodePrompts.</summary>
    [Range(1, 4096)]
    public int MaxPromptsPerRequest { get; init; } = 64;

    /// <summary>Calls of Sample that run at once; more are refused with RESOURCE_EXHAUSTED.</summary>
    [Range(1, 64)]
    public int MaxConcurrentSamples { get; init; } = 4;

    /// <summary>Requests whose pictures are encoded or decoded at once; more are refused with RESOURCE_EXHAUSTED.</summary>
    [Range(1, 1024)]
    public int MaxConcurrentCodings { get; init; } = 32;

    /// <summary>Connections; more are closed at once.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Calls of one connection at a time; its client holds more back.</summary>
    [Range(1, 10_000)]
    public int MaxCallsPerConnection { get; init; } = 100;

    /// <summary>Calls of one connection that its client may break off, a second; a connection that does so more often is closed.</summary>
    [Range(1, 100_000)]
    public int MaxResetsPerSecond { get; init; } = 200;

    /// <summary>Requests that a tenant without a quota of its own may make a second, in bursts of as many; 0: as many as there is room for.</summary>
    [Range(0, 1_000_000)]
    public int TenantCallsPerSecond { get; init; } = 2000;

    /// <summary>A stream whose client has not taken an answer after so long is cut off, whether it reads nothing or a few bytes at a time.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A stream on which nothing happens for so long is ended.</summary>
    public TimeSpan IdleStreamTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>A connection that is silent for so long is asked for a sign of life, and closed when it gives none for as long again.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A stopping server goes on listening for so long, not ready, so that load balancers see it.</summary>
    public TimeSpan DrainDelay { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, TimeSpan value, TimeSpan least) in new[]
        {
            (nameof(WriteTimeout), WriteTimeout, TimeSpan.FromMilliseconds(10)),
            (nameof(IdleStreamTimeout), IdleStreamTimeout, TimeSpan.FromMilliseconds(10)),
            (nameof(KeepAlive), KeepAlive, TimeSpan.FromSeconds(1)),
            (nameof(DrainDelay), DrainDelay, TimeSpan.Zero),
        })
        {
            if (value < least || value > MaxTime)
            {
                yield return new($"{Section}:{name} must be in [{least}, {MaxTime}], but is {value}.");
            }
        }
    }
}
