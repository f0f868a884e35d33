using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Batching;

namespace Sjc.ScoreServer.Api;

/// <summary>Requests a second of each tenant: its own quota, or the one that all others have each. What has not been asked for in a while is forgotten.</summary>
internal sealed class RequestRates : IDisposable
{
    private readonly Dictionary<string, int> _configured;
    private readonly int _usual;
    private readonly PartitionedRateLimiter<string> _buckets;

    public RequestRates(IOptions<TenantsOptions> tenants, IOptions<ApiOptions> options)
    {
        _configured = tenants.Value.Tenants.Where(tenant => tenant.CallsPerSecond is not null).ToDictionary(tenant => tenant.Name, tenant => tenant.CallsPerSecond!.Value, StringComparer.Ordinal);
        _usual = options.Value.TenantCallsPerSecond;
        _buckets = PartitionedRateLimiter.Create<string, string>(
            tenant => Of(tenant) is { } rate ? RateLimitPartition.GetTokenBucketLimiter(tenant, _ => Bucket(rate)) : RateLimitPartition.GetNoLimiter(""),
            StringComparer.Ordinal);
    }

    /// <summary>A tenant's quota; null: none.</summary>
    public int? Of(string tenant) => _configured.TryGetValue(tenant, out int rate) ? rate : _usual > 0 ? _usual : null;

    /// <summary>Takes one request from the tenant's quota.</summary>
    /// <param name="tenant">Any tenant.</param>
    /// <param name="wait">Where there is none left: when to try again.</param>
    public bool TryTake(string tenant, out TimeSpan wait)
    {
        using RateLimitLease lease = _buckets.AttemptAcquire(tenant);
        wait = lease.IsAcquired ? TimeSpan.Zero
            : lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? after
            : TimeSpan.FromSeconds(1.0 / Of(tenant)!.Value);
        return lease.IsAcquired;
    }

    /// <inheritdoc/>
    public void Dispose() => _buckets.Dispose();

    private static TokenBucketRateLimiterOptions Bucket(int rate)
    {
        // About ten times a second, as often as the limiter looks; more seldom below ten requests a second.
        int tokens = (rate + 9) / 10;
        return new TokenBucketRateLimiterOptions { TokenLimit = rate, TokensPerPeriod = tokens, ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / rate) };
    }
}
