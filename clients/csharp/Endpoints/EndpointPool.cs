using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Sjc.Client.Endpoints;

/// <summary>The endpoints of a service, and the choice between them: of the available ones that which has the fewest rows to work on.</summary>
/// <remarks>A server is available while its health service does not say otherwise and it has not failed just now; where none is, all are tried in turn.</remarks>
internal sealed class EndpointPool : IAsyncDisposable
{
    private readonly ServiceClientOptions options;
    private readonly TimeProvider time;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;
    private readonly IReadOnlyList<EndpointAddress> addresses;
    private readonly string? healthService;
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim resolving = new(1);
    private readonly Lock choosing = new();
    private readonly Dictionary<EndpointKey, Endpoint> endpoints = [];
    private readonly HashSet<Endpoint> retired = [];
    private readonly List<HealthWatch> watches = [];
    private Task refreshing = Task.CompletedTask;
    private volatile bool isResolved;
    private long choices;

    /// <param name="options">With addresses that can be read.</param>
    /// <param name="healthService">The name under which the health service knows it, such as <c>sjc.score.v1.ScoreService</c>; null: its health is not asked for.</param>
    /// <param name="time">Of pauses.</param>
    /// <param name="resolve">Looks up a host's addresses; null: by DNS.</param>
    public EndpointPool(ServiceClientOptions options, string? healthService, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        this.options = options;
        this.healthService = healthService;
        this.time = time;
        this.resolve = resolve ?? Dns.GetHostAddressesAsync;
        addresses = EndpointAddress.TryParseList(options.Address, out IReadOnlyList<EndpointAddress>? parsed)
            ? parsed
            : throw new ArgumentException(options.Faults().First(), nameof(options));
        if (!addresses.Any(address => address.ResolveAll))
        {
            Apply([.. addresses.Select(address => new EndpointKey(address.Address, null))]);
            isResolved = true;
        }
    }

    /// <summary>Chooses an endpoint.</summary>
    /// <param name="tried">Endpoints that this request was given to before: others come first.</param>
    /// <param name="rows">What the request adds to the endpoint's load.</param>
    /// <param name="cancellationToken">Ends the look-up of names.</param>
    /// <exception cref="RpcException">UNAVAILABLE: a name has no address.</exception>
    public async Task<EndpointLease> LeaseAsync(IReadOnlyCollection<EndpointKey> tried, int rows, CancellationToken cancellationToken)
    {
        if (!isResolved)
        {
            await ResolveFirstAsync(cancellationToken);
        }

        lock (choosing)
        {
            Endpoint chosen = endpoints.Values
                .OrderBy(endpoint => endpoint.IsAvailable ? 0 : 1)
                .ThenBy(endpoint => tried.Contains(endpoint.Key) ? 1 : 0)
                .ThenBy(endpoint => endpoint.IsAvailable ? endpoint.Load : 0)
                .ThenBy(endpoint => endpoint.LastChosen)
                .First();
            return Lease(chosen, rows);
        }
    }

    /// <summary>Counts a request that an endpoint is given, chosen or not.</summary>
    public EndpointLease Lease(Endpoint endpoint, int rows)
    {
        lock (choosing)
        {
            endpoint.Load += rows;
            endpoint.Leases++;
            endpoint.LastChosen = ++choices;
            return new EndpointLease(this, endpoint, rows);
        }
    }

    /// <summary>Whether a request can be sent again at once, since there is an endpoint that is expected to answer.</summary>
    public bool HasAvailable()
    {
        lock (choosing)
        {
            return endpoints.Values.Any(endpoint => endpoint.IsAvailable);
        }
    }

    /// <summary>Whether a second endpoint could be asked beside those already tried.</summary>
    public bool HasOther(IReadOnlyCollection<EndpointKey> tried)
    {
        lock (choosing)
        {
            return endpoints.Values.Any(endpoint => endpoint.IsAvailable && !tried.Contains(endpoint.Key));
        }
    }

    public async ValueTask ReturnAsync(Endpoint endpoint, int rows)
    {
        bool last;
        lock (choosing)
        {
            endpoint.Load -= rows;
            endpoint.Leases--;
            last = endpoint.Leases == 0 && retired.Remove(endpoint);
        }

        if (last)
        {
            await endpoint.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await refreshing;
        foreach (HealthWatch watch in watches)
        {
            await watch.DisposeAsync();
        }

        foreach (Endpoint endpoint in endpoints.Values.Concat(retired).ToArray())
        {
            await endpoint.DisposeAsync();
        }

        stopping.Dispose();
        resolving.Dispose();
    }

    private async Task ResolveFirstAsync(CancellationToken cancellationToken)
    {
        await resolving.WaitAsync(cancellationToken);
        try
        {
            if (!isResolved)
            {
                await ReplaceAsync(await ResolveAsync(cancellationToken));
                isResolved = true;
                refreshing = RefreshAsync();
            }
        }
        finally
        {
            resolving.Release();
        }
    }

    private async Task RefreshAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.DnsRefresh, time, stopping.Token);
                await ReplaceAsync(await ResolveAsync(stopping.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (RpcException)
            {
                // The old endpoints stay: a name server that is away takes none of them.
            }
        }
    }

    private async Task<EndpointKey[]> ResolveAsync(CancellationToken cancellationToken)
    {
        List<EndpointKey> keys = [];
        foreach (EndpointAddress address in addresses)
        {
            if (!address.ResolveAll)
            {
                keys.Add(new EndpointKey(address.Address, null));
                continue;
            }

            try
            {
                keys.AddRange((await resolve(address.Address.Host, cancellationToken)).Select(ip => new EndpointKey(address.Address, ip)));
            }
            catch (SocketException exception)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, $"{address.Address.Host} has no address: {exception.Message}", exception));
            }
        }

        return keys.Count > 0 ? [.. keys.Distinct()] : throw new RpcException(new Status(StatusCode.Unavailable, $"{options.Address} has no address."));
    }

    private async Task ReplaceAsync(EndpointKey[] keys)
    {
        foreach (Endpoint idle in Apply(keys))
        {
            await idle.DisposeAsync();
        }
    }

    /// <summary>Opens new endpoints; retires those that are gone once their last request is answered.</summary>
    /// <returns>Those that are gone and have no request.</returns>
    private Endpoint[] Apply(EndpointKey[] keys)
    {
        lock (choosing)
        {
            Endpoint[] gone = [.. endpoints.Values.Where(endpoint => !keys.Contains(endpoint.Key))];
            foreach (Endpoint endpoint in gone)
            {
                endpoints.Remove(endpoint.Key);
                if (endpoint.Leases > 0)
                {
                    retired.Add(endpoint);
                }
            }

            foreach (EndpointKey key in keys.Where(key => !endpoints.ContainsKey(key)))
            {
                endpoints.Add(key, new Endpoint(key, options, time));
            }

            Watch();
            return [.. gone.Where(endpoint => endpoint.Leases == 0)];
        }
    }

    /// <summary>Watches the health of every endpoint where there is a choice; a lone one is asked whatever it says.</summary>
    private void Watch()
    {
        foreach (HealthWatch watch in watches.Where(watch => !endpoints.ContainsValue(watch.Endpoint) || endpoints.Count == 1).ToArray())
        {
            watch.Stop();
            watches.Remove(watch);
        }

        if (healthService is null)
        {
            return;
        }

        if (endpoints.Count == 1)
        {
            endpoints.Values.Single().IsServing = true;
            return;
        }

        foreach (Endpoint endpoint in endpoints.Values.Where(endpoint => !watches.Exists(watch => watch.Endpoint == endpoint)))
        {
            watches.Add(new HealthWatch(endpoint, healthService, serving => Note(endpoint, serving), time));
        }
    }

    private void Note(Endpoint endpoint, bool serving)
    {
        lock (choosing)
        {
            endpoint.IsServing = serving || endpoints.Count == 1;
        }
    }
}
