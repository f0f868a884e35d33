using System.ComponentModel.DataAnnotations;

namespace Sjc.ScoreServer.Batching;

/// <summary>Tenants that get other than the default share.</summary>
internal sealed record TenantsOptions : IValidatableObject
{
    /// <summary>In any order.</summary>
    public IList<TenantOptions> Tenants { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (int i = 0; i < Tenants.Count; i++)
        {
            TenantOptions tenant = Tenants[i];
            if (tenant.Name.Length == 0 || Tenants.Take(i).Any(other => other.Name == tenant.Name))
            {
                yield return new($"{nameof(Tenants)}:{i}:{nameof(tenant.Name)} must be set and unique, but is {(tenant.Name.Length == 0 ? "empty" : $"{tenant.Name} again")}.");
            }

            if (tenant.Weight is < 1 or > 100)
            {
                yield return new($"{nameof(Tenants)}:{i}:{nameof(tenant.Weight)} must be in [1, 100], but is {tenant.Weight}.");
            }

            if (tenant.CapacityRows is < 1 or > 65_536)
            {
                yield return new($"{nameof(Tenants)}:{i}:{nameof(tenant.CapacityRows)} must be in [1, 65536], but is {tenant.CapacityRows}.");
            }

            if (tenant.CallsPerSecond is < 1 or > 1_000_000)
            {
                yield return new($"{nameof(Tenants)}:{i}:{nameof(tenant.CallsPerSecond)} must be in [1, 1000000], but is {tenant.CallsPerSecond}.");
            }
        }
    }
}
