namespace Sjc.ScoreServer.Security;

/// <summary>Tenants as metrics name them: few, however many there are.</summary>
/// <param name="known">Those that the configuration names.</param>
internal sealed class TenantLabels(IEnumerable<string> known)
{
    /// <summary>For callers that nobody vouches for.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>For tenants beyond the first <see cref="Capacity"/>, and those with long names.</summary>
    public const string Others = "others";

    /// <summary>Most tenants with a label of their own, beside those that the configuration names.</summary>
    public const int Capacity = 100;

    private const int MaxLength = 64;
    private readonly HashSet<string> _known = [.. known];
    private readonly HashSet<string> _seen = [];
    private readonly Lock _gate = new();

    /// <summary>The label of a tenant.</summary>
    /// <param name="tenant">Its name.</param>
    /// <param name="hasIdentity">Whether a key, a token or a certificate says so.</param>
    public string Of(string tenant, bool hasIdentity)
    {
        if (_known.Contains(tenant))
        {
            return tenant;
        }

        if (!hasIdentity)
        {
            return Anonymous;
        }

        lock (_gate)
        {
            return _seen.Contains(tenant) || (tenant.Length <= MaxLength && _seen.Count < Capacity && _seen.Add(tenant)) ? tenant : Others;
        }
    }
}
