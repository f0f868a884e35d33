using Polly;
using Sjc.Client.Endpoints;

namespace Sjc.Client.Resilience;

/// <summary>What happened so far to one request: hedged attempts share it.</summary>
internal sealed class RequestAttempts
{
    /// <summary>Where a pipeline's strategies find it.</summary>
    public static readonly ResiliencePropertyKey<RequestAttempts> Key = new("attempts");

    private readonly Lock state = new();
    private readonly List<EndpointKey> tried = [];
    private Endpoint? last;
    private Exception? lastFault;

    /// <summary>Endpoints that were asked.</summary>
    public EndpointKey[] Tried
    {
        get
        {
            lock (state)
            {
                return [.. tried];
            }
        }
    }

    /// <summary>The endpoint that was asked last.</summary>
    public Endpoint? Last
    {
        get
        {
            lock (state)
            {
                return last;
            }
        }
    }

    /// <summary>Why the last attempt that failed did.</summary>
    public Exception? LastFault
    {
        get
        {
            lock (state)
            {
                return lastFault;
            }
        }
    }

    public void Begin(Endpoint endpoint)
    {
        lock (state)
        {
            last = endpoint;
            tried.Remove(endpoint.Key);
            tried.Add(endpoint.Key);
        }
    }

    public void Fail(Exception fault)
    {
        lock (state)
        {
            lastFault = fault;
        }
    }
}
