using System.Security.Cryptography;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>Names of jobs: creation time and a random tail, such as 20260131-235959-4f9a1c; they sort by time and are safe as folder names.</summary>
internal static class JobId
{
    public static string New(DateTimeOffset time) =>
        $"{time.UtcDateTime:yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";
}
