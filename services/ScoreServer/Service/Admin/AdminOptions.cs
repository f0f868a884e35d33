using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Sjc.ScoreServer.Admin;

/// <summary>Where operators reach the server. Off unless a port is given; whoever reaches it may name files of the machine.</summary>
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

        if (KeySha256.Length > 0 && (KeySha256.Length != 64 || !KeySha256.All(char.IsAsciiHexDigit)))
        {
            yield return new($"{Section}:{nameof(KeySha256)} must be 64 hexadecimal digits, but is {KeySha256.Length} characters.");
        }
    }
}
