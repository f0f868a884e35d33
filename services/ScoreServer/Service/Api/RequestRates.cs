using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Sjc.ScoreServer.Batching;

namespace Sjc.ScoreServer.Api;

/// <summary>Requests a second of the tenants that have a quota of them.</summary>
internal sealed class RequestRates : IDisposable
{
    private readonly Dictionary<string, (int Rate, TokenBucketRateLimiter Bucket)> _byTenant = new(StringComparer.Ordinal);

    public RequestRates(IOptions<TenantsOptions> options)
    {
        foreach (TenantOptions tenant in options.Value.Tenants)
        {
            if (tenant.CallsPerSecond is { } rate)
            {
                _byTenant[tenant.Name] = (rate, new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
                {
                    TokenLimit = rate,
                    TokensPerPeriod = Math.Max(rate / 10, 1),
                    ReplenishmentPeriod = rate >= 10 ? TimeSpan.FromSeconds(0.1) : TimeSpan.FromSeconds(1.0 / rate),
                    AutoReplenishment = true,
                }));
            }
        }
    }

    /// <summary>A tenant's quota; null: none.</summary>
    public int? Of(string tenant) => _byTenant.TryGetValue(tenant, out (int Rate, TokenBucketRateLimiter Bucket) quota) ? quota.Rate : null;

    /// <summary>Takes one request from the tenant's quota.</summary>
    /// <param name="tenant">Any tenant; most have no quota.</param>
    /// <param name="wait">Where there is none left: when to try again.</param>
    public bool TryTake(string tenant, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (!_byTenant.TryGetValue(tenant, out (int Rate, TokenBucketRateLimiter Bucket) quota))
        {
            return true;
        }

        using RateLimitLease lease = quota.Bucket.AttemptAcquire();
        wait = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? after : TimeSpan.FromSeconds(1.0 / quota.Rate);
        return lease.IsAcquired;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, TokenBucketRateLimiter bucket) in _byTenant.Values)
        {
            bucket.Dispose();
        }
    }
}
