using System.Diagnostics.CodeAnalysis;

namespace Sjc.Client.Endpoints;

/// <summary>One entry of a list of addresses.</summary>
/// <param name="Address">http or https, with a port.</param>
/// <param name="ResolveAll">Every IP address of its host is an endpoint of its own, as behind a headless service of Kubernetes.</param>
public sealed record EndpointAddress(Uri Address, bool ResolveAll)
{
    private const string Dns = "dns:///";
    private const string DnsWithTls = "dns+https://";

    /// <summary>Reads addresses with commas between them: <c>host:port</c>, <c>http://host:port</c>, <c>https://host:port</c>, <c>dns:///host:port</c> and,
    /// with TLS, <c>dns+https://host:port</c>.</summary>
    public static bool TryParseList(string text, [NotNullWhen(true)] out IReadOnlyList<EndpointAddress>? addresses)
    {
        List<EndpointAddress> parsed = [];
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TryParse(item, out EndpointAddress? address))
            {
                addresses = null;
                return false;
            }

            parsed.Add(address);
        }

        addresses = [.. parsed.Distinct()];
        return true;
    }

    private static bool TryParse(string text, [NotNullWhen(true)] out EndpointAddress? address)
    {
        bool resolveAll = text.StartsWith(Dns, StringComparison.Ordinal) || text.StartsWith(DnsWithTls, StringComparison.Ordinal);
        string url = text switch
        {
            _ when text.StartsWith(Dns, StringComparison.Ordinal) => $"http://{text[Dns.Length..]}",
            _ when text.StartsWith(DnsWithTls, StringComparison.Ordinal) => $"https://{text[DnsWithTls.Length..]}",
            _ when text.Contains("://", StringComparison.Ordinal) => text,
            _ => $"http://{text}",
        };
        bool valid = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0;
        address = valid ? new EndpointAddress(uri!, resolveAll) : null;
        return valid;
    }
}
