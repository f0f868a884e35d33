namespace Sjc.ScoreServer.Batching;

/// <summary>One tenant's quota.</summary>
internal sealed record TenantOptions
{
    /// <summary>As the identity gives it: see SecurityOptions.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its part of a busy device in proportion to others, whose weight is 1 by default.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Rows that it may have in a queue; unset: <see cref="BatchingOptions.TenantCapacityRows"/>.</summary>
    public int? CapacityRows { get; init; }

    /// <summary>Requests that it may make a second, in bursts of as many; unset: Api:TenantCallsPerSecond.</summary>
    public int? CallsPerSecond { get; init; }
}
