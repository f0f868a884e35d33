using System.ComponentModel.DataAnnotations;

namespace Sjc.ScoreServer.Api;

/// <summary>Bounds of single calls and streams.</summary>
internal sealed record ApiOptions
{
    public const string Section = "Api";

    /// <summary>Most images in one request.</summary>
    [Range(1, 1024)]
    public int MaxImagesPerRequest { get; init; } = 64;

    /// <summary>Longest message that the server takes, bytes.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxMessageBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Requests of one stream that may wait for an answer; more are refused with RESOURCE_EXHAUSTED.</summary>
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
}
