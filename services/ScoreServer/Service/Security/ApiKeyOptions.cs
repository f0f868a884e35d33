namespace Sjc.ScoreServer.Security;

/// <summary>One API key.</summary>
internal sealed record ApiKeyOptions
{
    /// <summary>Whose it is; a tenant may have several.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>SHA-256 of the key, hexadecimal: the configuration holds no secret.</summary>
    public string Sha256 { get; init; } = "";
}
