using System.Diagnostics;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Sjc.Client.Endpoints;
using Sjc.Client.Tracing;

namespace Sjc.Client.Resilience;

/// <summary>Server streams that are opened anew where they break.</summary>
internal static class StreamingCalls
{
    /// <summary>The messages of a stream until the last one, however many calls that takes: a new call begins anew.</summary>
    /// <param name="calls">Makes them.</param>
    /// <param name="method">The call's method, such as Sample.</param>
    /// <param name="giveUpAfter">No message for so long: it is given up.</param>
    /// <param name="open">Opens the stream.</param>
    /// <param name="isLast">Whether a message ends the stream for good; a stream that ends without one was broken.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ServiceRefusedException">The service refuses the request.</exception>
    /// <exception cref="ServiceUnavailableException">No message in time.</exception>
    public static async IAsyncEnumerable<T> StreamAsync<T>(
        this ResilientCalls calls,
        string method,
        TimeSpan giveUpAfter,
        Func<Endpoint, CallOptions, AsyncServerStreamingCall<T>> open,
        Func<T, bool> isLast,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        // The stream has no deadline, its messages have: a job may run for hours.
        using Reading<T> reading = new(calls, method, calls.BuildPolicy(giveUpAfter, giveUpAfter), open, cancellationToken);
        while (true)
        {
            T message = await reading.NextAsync();
            yield return message;
            if (isLast(message))
            {
                reading.Succeed();
                yield break;
            }
        }
    }

    /// <summary>A request for a stream, which is the current activity from here on, and its calls, one after another.</summary>
    private sealed class Reading<T>(
        ResilientCalls calls, string method, CallPolicy policy, Func<Endpoint, CallOptions, AsyncServerStreamingCall<T>> open, CancellationToken cancellationToken) : IDisposable
        where T : class
    {
        private readonly Activity? request = ClientTraces.StartRequest(calls.RpcService, method);
        private OpenCall<T>? call;
        private int attempts;

        /// <summary>The next message, of the open call or of a new one.</summary>
        public async Task<T> NextAsync()
        {
            try
            {
                return await calls.RepeatAsync(policy, rows: 1, AttemptAsync, cancellationToken, () => call?.Endpoint);
            }
            catch (Exception exception)
            {
                ClientTraces.Fail(request, exception);
                throw;
            }
        }

        /// <summary>Notes that the last message has come.</summary>
        public void Succeed()
        {
            ClientTraces.Succeed(call?.Attempt);
            ClientTraces.Succeed(request);
        }

        public void Dispose()
        {
            call?.Dispose();
            request?.Dispose();
        }

        private async Task<T> AttemptAsync(Endpoint endpoint, CancellationToken token)
        {
            if (call is null)
            {
                Activity? attempt = ClientTraces.StartAttempt(request, calls.RpcService, method, endpoint.Key.Address, endpoint.Key.Ip, ++attempts);
                call = new OpenCall<T>(endpoint, open(endpoint, new CallOptions(ClientTraces.HeadersOf(attempt), cancellationToken: cancellationToken)), attempt);
            }

            try
            {
                return await call.Messages.MoveNext(token)
                    ? call.Messages.Current
                    : throw new RpcException(new Status(StatusCode.Unavailable, "The stream ended before its last message."));
            }
            catch (Exception exception)
            {
                ClientTraces.Fail(call.Attempt, exception);
                call.Dispose();
                call = null;
                throw;
            }
        }
    }

    /// <summary>A stream that is read, and its span.</summary>
    private sealed class OpenCall<T>(Endpoint endpoint, AsyncServerStreamingCall<T> call, Activity? attempt) : IDisposable
    {
        public Endpoint Endpoint => endpoint;

        public IAsyncStreamReader<T> Messages => call.ResponseStream;

        public Activity? Attempt => attempt;

        public void Dispose()
        {
            call.Dispose();
            attempt?.Dispose();
        }
    }
}
