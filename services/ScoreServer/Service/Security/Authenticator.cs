using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Sjc.ScoreServer.Security;

/// <summary>From what a caller shows to its tenant's name.</summary>
internal sealed class Authenticator
{
    /// <summary>How far the issuer's clock and this machine's may be apart.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, string> _tenantsByKey;
    private readonly RenewedFiles<Dictionary<string, string>>? _tenantsByKeyOfFile;
    private readonly SecurityOptions _options;
    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters? _validation;

    public Authenticator(IOptions<SecurityOptions> options, TimeProvider time, ILogger<Authenticator> logger)
    {
        _options = options.Value;
        _tenantsByKey = _options.ApiKeys.ToDictionary(key => key.Sha256.ToUpperInvariant(), key => key.Tenant, StringComparer.Ordinal);
        _tenantsByKeyOfFile = _options.ApiKeyFile.Length > 0 ? new([_options.ApiKeyFile], texts => ApiKeyFile.Parse(texts[0]), time, logger) : null;
        _validation = _options.Jwt.IsOn ? CreateValidation(_options.Jwt, time, logger) : null;
    }

    /// <summary>The tenant of a call; null where callers need no identity and show none.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED: what is shown is not good, or nothing is.</exception>
    public async Task<string?> AuthenticateAsync(HttpContext context)
    {
        if (_options.RequiresToken)
        {
            string shown = ShownKey.OfBearer(context.Request.Headers.Authorization.ToString()) ?? context.Request.Headers["sjc-api-key"].ToString();
            return TenantOfKey(shown) ?? await TenantOfTokenAsync(shown) ?? throw Unauthenticated("The call must show a valid API key or token in its metadata, but does not.");
        }

        if (_options.ClientAuthorityFile.Length > 0)
        {
            return TenantOf(context.Connection.ClientCertificate) ?? throw Unauthenticated("The client's certificate must have a common name, but has none.");
        }

        return null;
    }

    private static string? TenantOf(X509Certificate2? certificate) =>
        certificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name ? name : null;

    // A dictionary of hashes: neither its time nor a leak of the configuration gives a key away.
    private string? TenantOfKey(string shown)
    {
        if (shown.Length == 0)
        {
            return null;
        }

        string hash = Convert.ToHexString(ShownKey.Hash(shown));
        return _tenantsByKey.GetValueOrDefault(hash) ?? _tenantsByKeyOfFile?.Value.GetValueOrDefault(hash);
    }

    private async Task<string?> TenantOfTokenAsync(string shown)
    {
        if (_validation is null || shown.Length == 0)
        {
            return null;
        }

        TokenValidationResult result = await _tokens.ValidateTokenAsync(shown, _validation);
        return result.IsValid && result.ClaimsIdentity.FindFirst(_options.Jwt.TenantClaim) is Claim { Value.Length: > 0 } claim ? claim.Value : null;
    }

    private static TokenValidationParameters CreateValidation(JwtOptions options, TimeProvider time, ILogger logger)
    {
        RenewedFiles<SecurityKey[]> keys = new([options.KeyFile], texts => ParseKeys(texts[0]), time, logger);
        return new TokenValidationParameters
        {
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            IssuerSigningKeyResolver = (_, _, _, _) => keys.Value,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
            RequireSignedTokens = true,
            // Public keys alone: with "HS256" a caller could sign with what everybody may know.
            ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
        };
    }

    /// <summary>Public keys of a JSON web key set, or the one in PEM.</summary>
    /// <exception cref="ArgumentException">It is neither, or holds none; <see cref="CryptographicException"/> likewise.</exception>
    internal static SecurityKey[] ParseKeys(string text)
    {
        if (!text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            return JsonWebKeySet.Create(text).GetSigningKeys() is { Count: > 0 } keys ? [.. keys] : throw new ArgumentException("It holds no key.", nameof(text));
        }

        try
        {
            RSA rsa = RSA.Create();
            rsa.ImportFromPem(text);
            return [new RsaSecurityKey(rsa)];
        }
        catch (CryptographicException)
        {
            ECDsa curve = ECDsa.Create();
            curve.ImportFromPem(text);
            return [new ECDsaSecurityKey(curve)];
        }
    }

    private static RpcException Unauthenticated(string message) => new(new Status(StatusCode.Unauthenticated, message));
}
