using System.Diagnostics;
using Grpc.Core;
using Grpc.Health.V1;

namespace Sjc.Client.Endpoints;

/// <summary>Follows what grpc.health.v1 says of an endpoint, for as long as the endpoint is used.</summary>
/// <remarks>A server without a health service counts as healthy.</remarks>
internal sealed class HealthWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly string service;
    private readonly Action<bool> note;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task watching;

    /// <param name="endpoint">Whose health it is.</param>
    /// <param name="service">The name under which the health service knows it.</param>
    /// <param name="note">Receives every change.</param>
    /// <param name="time">Of the pause before a server that is away or not ready is asked again.</param>
    public HealthWatch(Endpoint endpoint, string service, Action<bool> note, TimeProvider time)
    {
        Endpoint = endpoint;
        this.service = service;
        this.note = note;
        this.time = time;
        watching = Task.Run(WatchAsync);
    }

    public Endpoint Endpoint { get; }

    public void Stop() => stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        Activity.Current = null; // Not a part of the request with which it began.
        try
        {
            while (await FollowAsync())
            {
                // Servers tell changes late, some every 30 s; a new call is told the state of now.
                await Task.Delay(Pause, time, stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>Follows one call until it breaks or says that the server does not serve.</summary>
    /// <returns>Whether to ask again.</returns>
    private async Task<bool> FollowAsync()
    {
        try
        {
            using AsyncServerStreamingCall<HealthCheckResponse> call =
                new Health.HealthClient(Endpoint.Calls).Watch(new HealthCheckRequest { Service = service }, cancellationToken: stopping.Token);
            await foreach (HealthCheckResponse response in call.ResponseStream.ReadAllAsync(stopping.Token))
            {
                // Unknown: a server that does not name its services says nothing of them.
                bool serves = response.Status is HealthCheckResponse.Types.ServingStatus.Serving or HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
                note(serves);
                if (!serves)
                {
                    return true;
                }
            }

            note(false);
            return true;
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unimplemented or StatusCode.Unauthenticated or StatusCode.PermissionDenied)
        {
            note(true);
            return false;
        }
        catch (Exception exception) when (exception is RpcException or ObjectDisposedException or InvalidOperationException)
        {
            stopping.Token.ThrowIfCancellationRequested();
            note(false);
            return exception is RpcException;
        }
    }
}
