using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Sjc.ScoreServer.Security;

/// <summary>TLS and mutual TLS by the options.</summary>
internal static class ServerCertificates
{
    /// <summary>Sets https addresses up.</summary>
    public static void Configure(HttpsConnectionAdapterOptions https, SecurityOptions options)
    {
        if (options.CertificateFile.Length == 0)
        {
            return;
        }

        https.ServerCertificate = X509Certificate2.CreateFromPemFile(options.CertificateFile, options.CertificateKeyFile);
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(options.CertificateFile);
        https.ServerCertificateChain = [.. chain.Skip(1)];
        if (options.ClientAuthorityFile.Length > 0)
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(options.ClientAuthorityFile);
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, presented, _) => IsIssuedBy(authorities, certificate, presented);
        }
    }

    private static bool IsIssuedBy(X509Certificate2Collection authorities, X509Certificate2 certificate, X509Chain? presented)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2")); // client authentication
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        }

        return chain.Build(certificate);
    }
}
