using System.Security.Cryptography;
using System.Text;

namespace Sjc.ScoreServer.Security;

/// <summary>Keys as callers show them, and as the configuration knows them: by their SHA-256, so that a leak of it gives no key away.</summary>
internal static class ShownKey
{
    private const string Bearer = "Bearer ";

    /// <summary>What the metadata "authorization" holds behind "Bearer"; null: it is empty, or of another scheme.</summary>
    public static string? OfBearer(string? authorization) =>
        authorization?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) == true ? authorization[Bearer.Length..].Trim() : null;

    /// <summary>SHA-256 of a key.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>What is wrong with a setting that holds such a hash, in hexadecimal; null: nothing.</summary>
    public static string? FaultOf(string hash) =>
        hash.Length == 2 * SHA256.HashSizeInBytes && hash.All(char.IsAsciiHexDigit) ? null : $"must be 64 hexadecimal digits, but is {hash.Length} characters.";
}
