using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace Sjc.Contracts.Errors;

/// <summary>The errors of both services as google.rpc.Status; throw them with <c>ToRpcException()</c> of Grpc.StatusProto.</summary>
public static class RpcErrors
{
    /// <summary><see cref="ErrorInfo.Domain"/> of all errors.</summary>
    public const string Domain = "sjc";

    /// <summary>INVALID_ARGUMENT with one field violation for each fault.</summary>
    public static Status InvalidArgument(IReadOnlyList<FieldViolation> violations)
    {
        BadRequest details = new();
        foreach (FieldViolation violation in violations)
        {
            details.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description });
        }

        return Create(Code.InvalidArgument, string.Join(' ', violations.Select(violation => violation.Description)), details);
    }

    /// <summary>RESOURCE_EXHAUSTED that says when to try again.</summary>
    public static Status ResourceExhausted(string message, TimeSpan retryDelay) =>
        Create(Code.ResourceExhausted, message, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryDelay) });

    /// <summary>UNAVAILABLE that says when to try again, as while a server starts or drains.</summary>
    public static Status Unavailable(string message, TimeSpan retryDelay) =>
        Create(Code.Unavailable, message, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryDelay) });

    /// <summary>NOT_FOUND with a machine-readable reason.</summary>
    /// <param name="reason">UPPER_SNAKE_CASE, such as <c>HANDLE_UNKNOWN</c>.</param>
    /// <param name="message">For developers.</param>
    public static Status NotFound(string reason, string message) => WithReason(Code.NotFound, reason, message);

    /// <summary>FAILED_PRECONDITION with a machine-readable reason.</summary>
    /// <inheritdoc cref="NotFound"/>
    public static Status FailedPrecondition(string reason, string message) => WithReason(Code.FailedPrecondition, reason, message);

    /// <summary>ALREADY_EXISTS with a machine-readable reason.</summary>
    /// <inheritdoc cref="NotFound"/>
    public static Status AlreadyExists(string reason, string message) => WithReason(Code.AlreadyExists, reason, message);

    /// <summary>What a caller learns of an exception. Unexpected ones become INTERNAL without their message.</summary>
    public static Status FromException(Exception exception) => exception switch
    {
        InvalidRequestException invalid => InvalidArgument(invalid.Violations),
        RpcException rpc => rpc.GetRpcStatus() ?? new Status { Code = (int)rpc.StatusCode, Message = rpc.Status.Detail },
        InvalidProtocolBufferException => new Status { Code = (int)Code.InvalidArgument, Message = "The message must be one of the contract, but its bytes are not." },
        OperationCanceledException => new Status { Code = (int)Code.Cancelled, Message = "The call was cancelled." },
        TimeoutException => new Status { Code = (int)Code.DeadlineExceeded, Message = "The deadline passed before the work was done." },
        _ => new Status { Code = (int)Code.Internal, Message = "The server failed to answer; its log says why." },
    };

    private static Status WithReason(Code code, string reason, string message) =>
        Create(code, message, new ErrorInfo { Domain = Domain, Reason = reason });

    private static Status Create(Code code, string message, IMessage details) =>
        new() { Code = (int)code, Message = message, Details = { Any.Pack(details) } };
}
