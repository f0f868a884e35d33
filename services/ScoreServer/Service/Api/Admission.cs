using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.ScoreServer.Batching;
using Sjc.ScoreServer.Models;
using Sjc.ScoreServer.Security;
using Sjc.ScoreServer.Telemetry;
using Status = Google.Rpc.Status;

namespace Sjc.ScoreServer.Api;

/// <summary>Work into the queue, or the refusal that the caller gets at once.</summary>
internal sealed class Admission(Batcher batcher, RequestRates rates, Drain drain, ScoreServerMetrics metrics)
{
    /// <summary>Lets a request in, before anything is done for it.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: the server stops; RESOURCE_EXHAUSTED: the tenant asks too often.</exception>
    public void Enter(Caller caller)
    {
        if (drain.IsOn)
        {
            metrics.Refuse("draining");
            throw Drain.Refusal();
        }

        if (!rates.TryTake(caller.Tenant, out TimeSpan wait))
        {
            metrics.Refuse("rate");
            throw Quota(caller, "calls per second", $"The tenant must keep to its quota of {rates.Of(caller.Tenant)} requests a second, but asks for more; retry later.", wait).ToRpcException();
        }
    }

    /// <summary>Refuses a request that no row would be taken of, before it is read: an overload costs what its refusals cost.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: a queue is full.</exception>
    public void RequireAnyRoom(LoadedModel model, Caller caller)
    {
        DeviceBatcher device = batcher.Of(model);
        Require(device.RoomFor(caller.Tenant, 1), device, 1, "1 or more", caller);
    }

    /// <summary>Refuses rows that there is no room for, before noise is drawn for them.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: a queue is full.</exception>
    public void RequireRoom(LoadedModel model, int rows, Caller caller)
    {
        DeviceBatcher device = batcher.Of(model);
        Require(device.RoomFor(caller.Tenant, rows), device, rows, $"{rows}", caller);
    }

    /// <summary>Accepts work.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: a queue is full; DEADLINE_EXCEEDED: it cannot be done in time.</exception>
    public void Enqueue(DenoiseWork work, Caller caller, CancellationToken cancellationToken)
    {
        DeviceBatcher device = batcher.Of(work.Model);
        Require(device.TryEnqueue(work, cancellationToken), device, work.Rows, $"{work.Rows}", caller);
        metrics.Accept(work.Model.Name, caller.Label, work.DrawRows == 2, work.Rows);
    }

    private void Require(EnqueueResult result, DeviceBatcher device, int rows, string wanted, Caller caller)
    {
        switch (result)
        {
            case EnqueueResult.Accepted:
                return;
            case EnqueueResult.QueueFull:
                metrics.Refuse("queue-full");
                throw RpcErrors.ResourceExhausted(
                    $"The queue must have room for the request's rows ({wanted}), but holds {device.QueuedRows} of at most {batcher.CapacityRows}; retry later.", device.RetryDelay).ToRpcException();
            case EnqueueResult.TenantFull when rows > batcher.CapacityOf(caller.Tenant):
                metrics.Refuse("quota");
                throw new InvalidRequestException("images", $"take at most {batcher.CapacityOf(caller.Tenant)} rows of the network, the tenant's quota, with their draws and guidance", $"{rows}");
            case EnqueueResult.TenantFull:
                metrics.Refuse("tenant-full");
                throw Quota(
                    caller, "rows in the queue", $"The tenant must have room for the request's rows ({wanted}), but holds {device.RowsOf(caller.Tenant)} of at most {batcher.CapacityOf(caller.Tenant)}; retry later.", device.RetryDelay).ToRpcException();
            default:
                metrics.Refuse("deadline");
                throw new RpcException(new Grpc.Core.Status(StatusCode.DeadlineExceeded, "The deadline must leave time for the request's rows at the device's rate, but is too near."));
        }
    }

    private static Status Quota(Caller caller, string subject, string message, TimeSpan retryDelay)
    {
        Status status = RpcErrors.ResourceExhausted(message, retryDelay);
        status.Details.Add(Any.Pack(new QuotaFailure { Violations = { new QuotaFailure.Types.Violation { Subject = $"tenant:{caller.Label}", Description = subject } } }));
        return status;
    }
}
