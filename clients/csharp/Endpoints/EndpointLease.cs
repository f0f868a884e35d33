namespace Sjc.Client.Endpoints;

/// <summary>One attempt's claim on an endpoint, from the choice to the answer.</summary>
internal sealed class EndpointLease(EndpointPool pool, Endpoint endpoint, int rows) : IAsyncDisposable
{
    public Endpoint Endpoint => endpoint;

    public ValueTask DisposeAsync() => pool.ReturnAsync(endpoint, rows);
}
