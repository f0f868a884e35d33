using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.ScoreServer.Batching;

namespace Sjc.ScoreServer.Api;

/// <summary>Work into the queue, or the refusal that the caller gets.</summary>
internal static class Admission
{
    /// <summary>Accepts work.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the queue is full.</exception>
    public static void Enqueue(this Batcher batcher, DenoiseWork work, CancellationToken cancellationToken)
    {
        DeviceBatcher device = batcher.Of(work.Model);
        if (!device.TryEnqueue(work, cancellationToken))
        {
            throw RpcErrors.ResourceExhausted(
                $"The queue must have room for the request's rows ({work.Rows}), but holds {device.QueuedRows} of at most {batcher.MaxRowsPerRequest}; retry later.", device.RetryDelay).ToRpcException();
        }
    }
}
