using Grpc.Core;
using Grpc.Health.V1;

namespace Sjc.Services.Tests.FieldOptimizer.Scoring;

/// <summary>The health of a fake scorer, where it has one: told once, then the call stays open.</summary>
internal sealed class FakeHealthService(FakeScorerBehavior behavior) : Health.HealthBase
{
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        if (behavior.Health is not { } health)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, "There is no health service."));
        }

        await responseStream.WriteAsync(new HealthCheckResponse { Status = health }, context.CancellationToken);
        behavior.HealthTold.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The client is gone.
        }
    }
}
