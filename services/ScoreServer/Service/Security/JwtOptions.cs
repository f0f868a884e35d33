namespace Sjc.ScoreServer.Security;

/// <summary>Which JSON web tokens are good.</summary>
internal sealed record JwtOptions
{
    /// <summary>Public keys of the issuer: a JSON web key set, or one key in PEM. Empty: tokens are not looked at.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>"iss" of a token.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>"aud" of a token.</summary>
    public string Audience { get; init; } = "";

    /// <summary>The claim that names the tenant.</summary>
    public string TenantClaim { get; init; } = "sub";

    /// <summary>Whether tokens are looked at.</summary>
    public bool IsOn => KeyFile.Length > 0;
}
