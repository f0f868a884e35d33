using System.Runtime.CompilerServices;
using Grpc.Core;
using Polly;
using Sjc.Client.Endpoints;

namespace Sjc.Client.Resilience;

/// <summary>Server streams that are opened anew where they break.</summary>
internal static class StreamingCalls
{
    /// <summary>The messages of a stream until the last one, however many calls that takes: a new call begins anew.</summary>
    /// <param name="calls">Makes them.</param>
    /// <param name="giveUpAfter">No message for so long: it is given up.</param>
    /// <param name="open">Opens the stream.</param>
    /// <param name="isLast">Whether a message ends the stream for good; a stream that ends without one was broken.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ServiceRefusedException">The service refuses the request.</exception>
    /// <exception cref="ServiceUnavailableException">No message in time.</exception>
    public static async IAsyncEnumerable<T> StreamAsync<T>(
        this ResilientCalls calls,
        TimeSpan giveUpAfter,
        Func<Endpoint, CallOptions, AsyncServerStreamingCall<T>> open,
        Func<T, bool> isLast,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        // The stream has no deadline, its messages have: a job may run for hours.
        ResiliencePipeline<object> pipeline = calls.BuildPipeline(giveUpAfter, giveUpAfter);
        AsyncServerStreamingCall<T>? call = null;
        Endpoint? current = null;
        try
        {
            while (true)
            {
                T message = await calls.RunAsync(pipeline, giveUpAfter, rows: 1, NextAsync, cancellationToken, () => call is null ? null : current);
                yield return message;
                if (isLast(message))
                {
                    yield break;
                }
            }
        }
        finally
        {
            call?.Dispose();
        }

        async Task<T> NextAsync(Endpoint endpoint, CancellationToken token)
        {
            current = endpoint;
            call ??= open(endpoint, new CallOptions(cancellationToken: cancellationToken));
            try
            {
                return await call.ResponseStream.MoveNext(token)
                    ? call.ResponseStream.Current
                    : throw new RpcException(new Status(StatusCode.Unavailable, "The stream ended before its last message."));
            }
            catch
            {
                call.Dispose();
                call = null;
                throw;
            }
        }
    }
}
