using Grpc.Core;
using Microsoft.Extensions.Options;
using Sjc.Contracts.Errors;

namespace Sjc.ScoreServer.Api;

/// <summary>Bounds the samplers that run at once, each of which has a thread.</summary>
internal sealed class SampleSlots(IOptions<ApiOptions> options)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private int _taken;

    /// <summary>Takes a place until the result is disposed of.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: all places are taken.</exception>
    public IDisposable Take()
    {
        int most = options.Value.MaxConcurrentSamples;
        if (Interlocked.Increment(ref _taken) > most)
        {
            Interlocked.Decrement(ref _taken);
            throw RpcErrors.ResourceExhausted($"A server must run at most {most} samplers at once, but is asked for more; retry later.", RetryDelay).ToRpcException();
        }

        return new Slot(this);
    }

    private sealed class Slot(SampleSlots slots) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref slots._taken);
    }
}
