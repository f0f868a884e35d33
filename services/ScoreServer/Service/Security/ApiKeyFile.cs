namespace Sjc.ScoreServer.Security;

/// <summary>API keys in a file of their own, which may change while the server runs: a line a key, its SHA-256 in hexadecimal and then its tenant. Empty lines and those that
/// begin with # are comments.</summary>
internal static class ApiKeyFile
{
    /// <summary>Tenants by their keys' hashes, which are in capitals.</summary>
    /// <exception cref="ArgumentException">A line is something else, a key stands twice, or there is none: a file that is just being written must not shut everybody out.</exception>
    public static Dictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> tenants = new(StringComparer.Ordinal);
        string[] lines = text.Split('\n', StringSplitOptions.TrimEntries);
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > 0 && !lines[i].StartsWith('#'))
            {
                string[] parts = lines[i].Split((char[]?)null, 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                if (ShownKey.FaultOf(parts[0]) is { } fault)
                {
                    throw new ArgumentException($"The key in line {i + 1} {fault}", nameof(text));
                }

                if (parts.Length < 2 || !tenants.TryAdd(parts[0].ToUpperInvariant(), parts[1]))
                {
                    throw new ArgumentException($"Line {i + 1} must name a tenant behind a key that is not there yet, but {(parts.Length < 2 ? "names none" : "has one of an earlier line")}.", nameof(text));
                }
            }
        }

        return tenants.Count > 0 ? tenants : throw new ArgumentException("It holds no key.", nameof(text));
    }
}
