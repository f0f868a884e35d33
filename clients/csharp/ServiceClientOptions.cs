using Sjc.Client.Endpoints;

namespace Sjc.Client;

/// <summary>Where a service is, and how long it is waited for.</summary>
public sealed record ServiceClientOptions
{
    /// <summary>One address or a comma-separated list, such as <c>http://a:5201,http://b:5201</c> or <c>dns:///scorers:5201</c>, whose every IP address is
    /// one endpoint. http, and no scheme at all, mean HTTP/2 without TLS.</summary>
    public string Address { get; init; } = "http://localhost:5201";

    /// <summary>A request that has had no answer for so long is given up, retries included.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>One attempt waits so long for its answer, queueing included.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Before the second attempt where no other endpoint can be asked at once; doubles from there on, with jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two attempts.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A score that has not come after so long is asked for at another endpoint as well, and the first answer counts; null: it is not. Harmless,
    /// for equal requests have equal answers, but costs the slower endpoint's work where cancelling comes too late.</summary>
    public TimeSpan? HedgeAfter { get; init; }

    /// <summary>Calls for descriptions wait so long, retries included.</summary>
    public TimeSpan DescribeTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A stream of scores is opened anew after so long: its deadline.</summary>
    public TimeSpan StreamLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Names of <c>dns:</c> addresses are looked up again after so long.</summary>
    public TimeSpan DnsRefresh { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest message sent or taken, in [64 KiB, 1 GiB].</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Metadata of every call, such as <c>authorization</c> or an API key. Never logged.</summary>
    public IDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>PEM file of certificates that are trusted instead of the system's; empty: the system's.</summary>
    public string TrustedRoots { get; init; } = "";

    /// <summary>PEM files of the client's own certificate and key, for mutual TLS; empty: none.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <inheritdoc cref="ClientCertificate"/>
    public string ClientKey { get; init; } = "";

    /// <summary>Every setting that is out of range, as "{name} must {rule}, but is {actual}."; empty: none is.</summary>
    public IEnumerable<string> Faults()
    {
        if (!EndpointAddress.TryParseList(Address, out _))
        {
            yield return $"{nameof(Address)} must be http, https or dns addresses with commas between them, but is {Address}.";
        }

        foreach ((string name, TimeSpan value) in new[]
        {
            (nameof(GiveUpAfter), GiveUpAfter), (nameof(AttemptTimeout), AttemptTimeout), (nameof(RetryDelay), RetryDelay),
            (nameof(MaxRetryDelay), MaxRetryDelay), (nameof(DescribeTimeout), DescribeTimeout), (nameof(StreamLifetime), StreamLifetime),
            (nameof(DnsRefresh), DnsRefresh), (nameof(HedgeAfter), HedgeAfter ?? AttemptTimeout),
        })
        {
            if (value < TimeSpan.FromMilliseconds(10) || value > TimeSpan.FromHours(24))
            {
                yield return $"{name} must be in [10 ms, 24 h], but is {value}.";
            }
        }

        if (MaxRetryDelay < RetryDelay)
        {
            yield return $"{nameof(MaxRetryDelay)} must be at least {nameof(RetryDelay)} ({RetryDelay}), but is {MaxRetryDelay}.";
        }

        if (MaxMessageBytes is < 64 * 1024 or > 1024 * 1024 * 1024)
        {
            yield return $"{nameof(MaxMessageBytes)} must be in [65536, 1073741824], but is {MaxMessageBytes}.";
        }

        if ((ClientCertificate.Length == 0) != (ClientKey.Length == 0))
        {
            yield return $"{nameof(ClientKey)} must be set where {nameof(ClientCertificate)} is, and only there, but is {(ClientKey.Length == 0 ? "empty" : ClientKey)}.";
        }
    }
}
