using System.ComponentModel.DataAnnotations;
using System.Net;
using Sjc.ScoreServer.Security;

namespace Sjc.ScoreServer.Admin;

/// <summary>Where operators reach the server. Off unless a port is given; whoever reaches it, and shows the key where there is one, may name files of the machine.</summary>
internal sealed record AdminOptions : IValidatableObject
{
    public const string Section = "Admin";

    /// <summary>TCP port; 0: any free one; unset: no admin service.</summary>
    [Range(0, 65_535)]
    public int? Port { get; init; }

    /// <summary>IP address on which it listens.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>SHA-256 of the key that operators show in the metadata "authorization" ("Bearer KEY"), hexadecimal; empty: they need none.</summary>
    public string KeySha256 { get; init; } = "";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Address, out _))
        {
            yield return new($"{Section}:{nameof(Address)} must be an IP address, but is {Address}.");
        }

        if (KeySha256.Length > 0 && ShownKey.FaultOf(KeySha256) is { } fault)
        {
            yield return new($"{Section}:{nameof(KeySha256)} {fault}");
        }
    }
}
