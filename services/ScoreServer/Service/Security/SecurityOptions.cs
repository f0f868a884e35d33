using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sjc.ScoreServer.Security;

/// <summary>Who may call, and how the server proves itself. All of it is off by default, as suits a loopback address.</summary>
internal sealed record SecurityOptions : IValidatableObject
{
    public const string Section = "Security";

    /// <summary>The server's certificate chain, PEM; https addresses need it.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>Its private key, PEM.</summary>
    public string CertificateKeyFile { get; init; } = "";

    /// <summary>Authorities of client certificates, PEM. Set: a client needs a certificate of theirs, whose common name is its tenant.</summary>
    public string ClientAuthorityFile { get; init; } = "";

    /// <summary>Keys that callers may show in the metadata "authorization" ("Bearer KEY") or "sjc-api-key".</summary>
    public IList<ApiKeyOptions> ApiKeys { get; init; } = [];

    /// <summary>More of them, in a file that may change while the server runs: see <see cref="Security.ApiKeyFile"/>.</summary>
    public string ApiKeyFile { get; init; } = "";

    /// <summary>JSON web tokens that callers may show in the metadata "authorization".</summary>
    public JwtOptions Jwt { get; init; } = new();

    /// <summary>Whether a call needs a key or a token.</summary>
    public bool RequiresToken => ApiKeys.Count > 0 || ApiKeyFile.Length > 0 || Jwt.IsOn;

    /// <summary>Whether callers have an identity.</summary>
    public bool IsOn => RequiresToken || ClientAuthorityFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, string path) in new[]
        {
            (nameof(CertificateFile), CertificateFile), (nameof(CertificateKeyFile), CertificateKeyFile), (nameof(ClientAuthorityFile), ClientAuthorityFile),
            (nameof(ApiKeyFile), ApiKeyFile), ("Jwt:KeyFile", Jwt.KeyFile),
        })
        {
            if (path.Length > 0 && !File.Exists(path))
            {
                yield return new($"{Section}:{name} must be a file, but is {path}.");
            }
        }

        if (CertificateFile.Length > 0 != CertificateKeyFile.Length > 0)
        {
            yield return new($"{Section}:{nameof(CertificateFile)} and {Section}:{nameof(CertificateKeyFile)} must be set together, but one is empty.");
        }

        if (ClientAuthorityFile.Length > 0 && CertificateFile.Length == 0)
        {
            yield return new($"{Section}:{nameof(CertificateFile)} must be set where {nameof(ClientAuthorityFile)} is, but is empty.");
        }

        foreach (string fault in FaultsOfFiles().Concat(FaultsOfKeys()))
        {
            yield return new($"{Section}:{fault}");
        }

        if (Jwt.IsOn && (Jwt.Issuer.Length == 0 || Jwt.Audience.Length == 0))
        {
            yield return new($"{Section}:Jwt:Issuer and {Section}:Jwt:Audience must be set where Jwt:KeyFile is, but one is empty.");
        }
    }

    /// <summary>Files that are there and do not hold what they should: better said now than to the first caller.</summary>
    private IEnumerable<string> FaultsOfFiles()
    {
        if (File.Exists(CertificateFile) && File.Exists(CertificateKeyFile) && WhyNot(() => ServerCertificates.Parse([File.ReadAllText(CertificateFile), File.ReadAllText(CertificateKeyFile)])) is { } pair)
        {
            yield return $"{nameof(CertificateFile)} and {nameof(CertificateKeyFile)} must be a certificate and its key in PEM, but are not: {pair}";
        }

        if (File.Exists(ClientAuthorityFile) && WhyNot(() => ServerCertificates.ParseAuthorities(File.ReadAllText(ClientAuthorityFile))) is { } authorities)
        {
            yield return $"{nameof(ClientAuthorityFile)} must hold certificates in PEM, but does not: {authorities}";
        }

        if (File.Exists(ApiKeyFile) && WhyNot(() => Security.ApiKeyFile.Parse(File.ReadAllText(ApiKeyFile))) is { } apiKeys)
        {
            yield return $"{nameof(ApiKeyFile)} must hold lines of a key's SHA-256 and its tenant, but does not: {apiKeys}";
        }

        if (File.Exists(Jwt.KeyFile) && WhyNot(() => Authenticator.ParseKeys(File.ReadAllText(Jwt.KeyFile))) is { } keys)
        {
            yield return $"Jwt:KeyFile must be a JSON web key set or a public key in PEM, but is not: {keys}";
        }
    }

    private IEnumerable<string> FaultsOfKeys()
    {
        for (int i = 0; i < ApiKeys.Count; i++)
        {
            if (ApiKeys[i].Tenant.Length == 0)
            {
                yield return $"{nameof(ApiKeys)}:{i}:Tenant must be set, but is empty.";
            }

            if (ShownKey.FaultOf(ApiKeys[i].Sha256) is { } unfit)
            {
                yield return $"{nameof(ApiKeys)}:{i}:Sha256 {unfit}";
            }
            else if (ApiKeys.Take(i).Any(other => other.Sha256.Equals(ApiKeys[i].Sha256, StringComparison.OrdinalIgnoreCase)))
            {
                yield return $"{nameof(ApiKeys)}:{i}:Sha256 must be unique, but is another key's again.";
            }
        }
    }

    private static string? WhyNot(Func<object> read)
    {
        try
        {
            _ = read();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or JsonException)
        {
            return exception.Message;
        }
    }
}
