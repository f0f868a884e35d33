using Grpc.Core;
using Grpc.Health.V1;
using Sjc.ScoreServer.Models;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Sjc.ScoreServer.Api;

/// <summary>grpc.health.v1: "" and "sjc.score.v1.ScoreService" for the server, "sjc.score.v1.ScoreService/MODEL" for one model.</summary>
internal sealed class HealthGrpcService(ModelCatalogue catalogue, Drain drain, TimeProvider time) : Health.HealthBase
{
    public const string ServiceName = "sjc.score.v1.ScoreService";

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => StatusOf(request.Service) is var status && status != ServingStatus.ServiceUnknown
        ? Task.FromResult(new HealthCheckResponse { Status = status })
        : throw new RpcException(new Status(StatusCode.NotFound, "service must be one that this server has, but is unknown."));

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ServingStatus? last = null;
        using PeriodicTimer timer = new(WatchInterval, time);
        do
        {
            ServingStatus status = StatusOf(request.Service);
            if (status != last)
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken);
                last = status;
            }
        }
        while (!drain.IsOn && await timer.WaitForNextTickAsync(context.CancellationToken));

        if (last == ServingStatus.Serving)
        {
            await responseStream.WriteAsync(new HealthCheckResponse { Status = ServingStatus.NotServing }, context.CancellationToken);
        }
    }

    private ServingStatus StatusOf(string service)
    {
        bool? ready = service is "" or ServiceName ? catalogue.IsReady
            : !service.StartsWith(ServiceName + "/", StringComparison.Ordinal) ? null
            : catalogue.Find(service[(ServiceName.Length + 1)..]) is { } model ? model.Loaded is not null
            : null;
        return ready is null ? ServingStatus.ServiceUnknown : ready.Value && !drain.IsOn ? ServingStatus.Serving : ServingStatus.NotServing;
    }
}
