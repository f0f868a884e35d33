using Google.Rpc;
using Grpc.Core;
using Sjc.Contracts.Errors;

namespace Sjc.Client;

/// <summary>A service refuses a request for good, in its own words: asking again would not help.</summary>
public sealed class ServiceRefusedException : Exception
{
    /// <summary>A refusal that the service sent.</summary>
    public ServiceRefusedException(string message, RpcException refusal)
        : base(message, refusal)
    {
        Google.Rpc.Status? status = refusal.GetRpcStatus();
        StatusCode = refusal.StatusCode;
        Detail = refusal.Status.Detail;
        Violations = [.. (status?.GetDetail<BadRequest>()?.FieldViolations ?? []).Select(violation => new FieldViolation(violation.Field, violation.Description))];
        Reason = status?.GetDetail<ErrorInfo>()?.Reason ?? "";
    }

    /// <summary>An answer that breaks the contract, and so is no answer.</summary>
    public ServiceRefusedException(string message)
        : base(message)
    {
        StatusCode = StatusCode.Internal;
        Detail = message;
    }

    /// <summary>Why, as a gRPC status.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>The service's own words.</summary>
    public string Detail { get; }

    /// <summary>Every fault of the request (google.rpc.BadRequest); empty where the status holds none.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; } = [];

    /// <summary>Machine-readable reason (google.rpc.ErrorInfo), such as HANDLE_UNKNOWN; empty where the status holds none.</summary>
    public string Reason { get; } = "";
}
