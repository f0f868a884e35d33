using Microsoft.Extensions.Options;

namespace Sjc.ScoreServer.Batching;

/// <summary>The shares of all tenants: configured ones, and the default for the rest.</summary>
internal sealed class TenantShares(IOptions<BatchingOptions> options, IOptions<TenantsOptions> tenants)
{
    private readonly Dictionary<string, TenantOptions> _byName = tenants.Value.Tenants.ToDictionary(tenant => tenant.Name, StringComparer.Ordinal);

    /// <summary>A tenant's share.</summary>
    public TenantShare Of(string tenant) => _byName.TryGetValue(tenant, out TenantOptions? configured)
        ? new TenantShare(configured.Weight, configured.CapacityRows ?? options.Value.TenantCapacityRows)
        : new TenantShare(1, options.Value.TenantCapacityRows);
}
