using System.Diagnostics;
using System.Net;
using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Score.V1;

namespace Sjc.Client.Tracing;

/// <summary>The client's spans: one for each request, named by the method alone, and under it one for each attempt, by the conventions of OpenTelemetry for RPC.
/// A server's span hangs from the attempt that asked it.</summary>
public static class ClientTraces
{
    /// <summary>Name of the activity source, for those who listen.</summary>
    public const string SourceName = "Sjc.Client";

    private const string ParentHeader = "traceparent";
    private const string StateHeader = "tracestate";

    internal static ActivitySource Source { get; } = new(SourceName);

    /// <summary>A request with all its attempts; the current activity from here on. Null where nobody records it.</summary>
    /// <param name="service">Such as sjc.score.v1.ScoreService.</param>
    /// <param name="method">Such as ScoreStream.</param>
    internal static Activity? StartRequest(string service, string method) =>
        Source.StartActivity(method, ActivityKind.Internal, default(ActivityContext), [new("rpc.method", $"{service}/{method}")]);

    /// <summary>One attempt.</summary>
    /// <param name="request">Whose; null: the current activity's.</param>
    /// <param name="service">As for the request.</param>
    /// <param name="method">As for the request.</param>
    /// <param name="address">Of the endpoint that is asked.</param>
    /// <param name="ip">Where the client connects to; null: wherever the address leads.</param>
    /// <param name="number">From 1.</param>
    internal static Activity? StartAttempt(Activity? request, string service, string method, Uri address, IPAddress? ip, int number)
    {
        string name = $"{service}/{method}";
        Activity? attempt = Source.StartActivity(
            name,
            ActivityKind.Client,
            request?.Context ?? default,
            [
                new("rpc.system.name", "grpc"), new("rpc.method", name), new("server.address", address.Host), new("server.port", address.Port),
                new("sjc.attempt", number),
            ]);
        return ip is null ? attempt : attempt?.SetTag("network.peer.address", ip.ToString());
    }

    /// <summary>Waits for what a request or an attempt does, and notes how it ended.</summary>
    internal static async Task<T> FollowAsync<T>(Activity? activity, Func<Task<T>> work)
    {
        try
        {
            T result = await work();
            Succeed(activity);
            return result;
        }
        catch (Exception exception)
        {
            Fail(activity, exception);
            throw;
        }
    }

    /// <summary>Notes that a request or an attempt was answered.</summary>
    internal static void Succeed(Activity? activity) => activity?.SetTag("rpc.response.status_code", CodeOf(null));

    /// <summary>Notes why a request or an attempt failed.</summary>
    internal static void Fail(Activity? activity, Exception fault)
    {
        string code = CodeOf(fault);
        activity?.SetTag("rpc.response.status_code", code)
            .SetTag("error.type", code)
            .SetStatus(ActivityStatusCode.Error, fault is RpcException rpc ? rpc.Status.Detail : fault.Message);
    }

    /// <summary>Gives a message of a stream the trace that it belongs to: the attempt's, or where nobody records those, the caller's own.</summary>
    internal static void Stamp(ScoreStreamRequest message)
    {
        if (Activity.Current is { } current)
        {
            DistributedContextPropagator.Current.Inject(current, message, static (carrier, name, value) =>
            {
                ScoreStreamRequest stamped = (ScoreStreamRequest)carrier!;
                switch (name)
                {
                    case ParentHeader:
                        stamped.Traceparent = value;
                        break;
                    case StateHeader:
                        stamped.Tracestate = value;
                        break;
                }
            });
        }
    }

    /// <summary>Metadata of a call that is an attempt; null: none. Without it the transport would name a span of its own, which mostly nobody records.</summary>
    internal static Metadata? HeadersOf(Activity? attempt)
    {
        if (attempt is null)
        {
            return null;
        }

        Metadata headers = [];
        DistributedContextPropagator.Current.Inject(attempt, headers, static (carrier, name, value) =>
        {
            if (name is ParentHeader or StateHeader)
            {
                ((Metadata)carrier!).Add(name, value);
            }
        });
        return headers;
    }

    private static string CodeOf(Exception? fault)
    {
        StatusCode code = fault switch
        {
            null => StatusCode.OK,
            RpcException rpc => rpc.StatusCode,
            ServiceRefusedException refusal => refusal.StatusCode,
            ServiceUnavailableException { InnerException: RpcException rpc } => rpc.StatusCode,
            ServiceUnavailableException => StatusCode.DeadlineExceeded,
            OperationCanceledException => StatusCode.Cancelled,
            _ => StatusCode.Unknown,
        };
        return CodeReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)code)?.Name ?? code.ToString();
    }
}
