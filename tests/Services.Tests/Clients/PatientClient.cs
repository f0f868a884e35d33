using Sjc.Client;

namespace Sjc.Services.Tests.Clients;

/// <summary>Clients that repeat quickly and give nothing up while a test runs.</summary>
internal static class PatientClient
{
    /// <param name="addresses">Of the scorers, with commas between them.</param>
    /// <param name="time">Of timeouts and pauses; null: the system's.</param>
    /// <param name="hedgeAfter">When a second scorer is asked as well; null: never.</param>
    public static ScorerClient Of(string addresses, TimeProvider? time = null, TimeSpan? hedgeAfter = null) => new(
        new ServiceClientOptions
        {
            Address = addresses,
            GiveUpAfter = TimeSpan.FromHours(12),
            AttemptTimeout = TimeSpan.FromHours(11),
            RetryDelay = TimeSpan.FromMilliseconds(10),
            MaxRetryDelay = TimeSpan.FromMilliseconds(50),
            HedgeAfter = hedgeAfter,
        },
        time);
}
