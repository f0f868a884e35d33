using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Sjc.ScoreServer.Security;

/// <summary>TLS and mutual TLS by the options.</summary>
internal static class ServerCertificates
{
    /// <summary>Sets https addresses up.</summary>
    /// <param name="https">What is set up.</param>
    /// <param name="options">Files, which are read again where they change.</param>
    /// <param name="time">Of the looks at the files.</param>
    /// <param name="logger">Is told of changes.</param>
    public static void Configure(HttpsConnectionAdapterOptions https, SecurityOptions options, TimeProvider time, ILogger logger)
    {
        if (options.CertificateFile.Length == 0)
        {
            return;
        }

        RenewedFiles<SslStreamCertificateContext> own = new([options.CertificateFile, options.CertificateKeyFile], Parse, time, logger);
        https.ServerCertificateSelector = (_, _) => own.Value.TargetCertificate;
        https.OnAuthenticate = (_, tls) =>
        {
            // The selector, which Kestrel asks for, would leave the authorities in between out.
            (tls.ServerCertificateContext, tls.ServerCertificateSelectionCallback) = (own.Value, null);
        };
        if (options.ClientAuthorityFile.Length > 0)
        {
            RenewedFiles<X509Certificate2Collection> authorities = new([options.ClientAuthorityFile], texts => ParseAuthorities(texts[0]), time, logger);
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, presented, _) => IsIssuedBy(authorities.Value, certificate, presented);
        }
    }

    /// <summary>Certificates of a file.</summary>
    /// <param name="text">PEM.</param>
    /// <exception cref="CryptographicException">It holds none.</exception>
    public static X509Certificate2Collection ParseAuthorities(string text)
    {
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPem(text);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("It holds no certificate.");
    }

    /// <summary>The certificate with its key, and the authorities between it and the root.</summary>
    /// <param name="texts">Of the certificates and of the key, PEM.</param>
    /// <exception cref="CryptographicException">They are not what they should be, or do not belong together.</exception>
    public static SslStreamCertificateContext Parse(IReadOnlyList<string> texts)
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPem(texts[0]);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(texts[0], texts[1]), [.. chain.Skip(1)], offline: true);
    }

    private static bool IsIssuedBy(X509Certificate2Collection authorities, X509Certificate2 certificate, X509Chain? presented)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // client authentication
        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Select(element => element.Certificate).ToArray());
        }

        return chain.Build(certificate);
    }
}
