using System.Net;

namespace Sjc.Client.Endpoints;

/// <summary>What tells one endpoint from another.</summary>
/// <param name="Address">As the server is called, in the call's authority and in its certificate.</param>
/// <param name="Ip">Where to connect to; null: wherever the host's name leads.</param>
internal sealed record EndpointKey(Uri Address, IPAddress? Ip)
{
    public override string ToString() => Ip is null ? Address.GetLeftPart(UriPartial.Authority) : $"{Address.GetLeftPart(UriPartial.Authority)} ({Ip})";
}
