using System.Buffers.Text;
using System.Text;
using Sjc.FieldOptimizer.Jobs;

namespace Sjc.FieldOptimizer.Api;

/// <summary>The last job of a page as an opaque text.</summary>
internal static class PageToken
{
    public static string Write(JobPosition position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{position.CreateTicks}:{position.Id}"));

    /// <returns>False when the text is no token of this server.</returns>
    public static bool TryRead(string token, out JobPosition position)
    {
        position = default;
        byte[] bytes = new byte[token.Length];
        if (!Base64Url.IsValid(token) || !Base64Url.TryDecodeFromChars(token, bytes, out int length))
        {
            return false;
        }

        string[] parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        if (parts.Length != 2 || !long.TryParse(parts[0], out long ticks))
        {
            return false;
        }

        position = new JobPosition(ticks, parts[1]);
        return true;
    }
}
