using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.ScoreServer.Security;

/// <summary>An authority with a server's and clients' certificates, as PEM files.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TemporaryFolder _folder = new();

    public TestCertificates()
    {
        CertificateRequest request = new("CN=authority", _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(AuthorityFile, Authority.ExportCertificatePem());
        RenewServer();
    }

    /// <summary>Writes a new certificate of the server, and its key.</summary>
    /// <returns>Its serial number.</returns>
    public string RenewServer()
    {
        using X509Certificate2 server = Issue("localhost", server: true);
        File.WriteAllText(ServerFile, server.ExportCertificatePem());
        using ECDsa key = server.GetECDsaPrivateKey()!;
        File.WriteAllText(ServerKeyFile, key.ExportPkcs8PrivateKeyPem());
        return server.SerialNumber;
    }

    public X509Certificate2 Authority { get; }

    public string AuthorityFile => _folder["authority.pem"];

    public string ServerFile => _folder["server.pem"];

    public string ServerKeyFile => _folder["server-key.pem"];

    /// <summary>A certificate of the authority.</summary>
    public X509Certificate2 Issue(string name, bool server = false, DateTimeOffset? validUntil = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(server ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(Authority, DateTimeOffset.UtcNow.AddHours(-1), validUntil ?? DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public void Dispose()
    {
        Authority.Dispose();
        _authorityKey.Dispose();
        _folder.Dispose();
    }
}
