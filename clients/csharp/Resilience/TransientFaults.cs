using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Polly.Timeout;

namespace Sjc.Client.Resilience;

/// <summary>Which failures of a call go away when it is made again. Scores may be asked for again: noise comes from seeds.</summary>
internal static class TransientFaults
{
    /// <summary>Whether another attempt can succeed.</summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        // An outer cancellation is no failure of the service; Polly ends the retries by itself then.
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded
            or StatusCode.ResourceExhausted or StatusCode.Aborted or StatusCode.Internal or StatusCode.Unknown,
        TimeoutRejectedException or IOException or HttpRequestException => true,
        _ => false,
    };

    /// <summary>The pause that the service asks for; null where it asks for none.</summary>
    public static TimeSpan? RequestedDelay(Exception? exception) =>
        (exception as RpcException)?.GetRpcStatus()?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();

    /// <summary>The failure in the service's own words.</summary>
    public static string Describe(Exception exception) =>
        exception is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : exception.Message;
}
