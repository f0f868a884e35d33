using Google.Rpc;
using Grpc.Core;

namespace Sjc.Cli;

/// <summary>Words a service's refusal for a terminal.</summary>
internal static class ServiceRefusals
{
    /// <summary>The status's message, then each field violation.</summary>
    public static string Describe(RpcException exception)
    {
        string message = exception.StatusCode == StatusCode.Unavailable
            ? $"The service cannot be reached: {CauseOf(exception.Status)}"
            : exception.Status.Detail;
        BadRequest? badRequest = exception.GetRpcStatus()?.GetDetail<BadRequest>();
        IEnumerable<string> violations = badRequest?.FieldViolations
            .Where(violation => !message.Contains(violation.Description, StringComparison.Ordinal))
            .Select(violation => $"{violation.Field}: {violation.Description}") ?? [];
        return string.Join(' ', violations.Prepend(message));
    }

    /// <summary>What the system said where no connection was made, such as a refused one or an unknown name, and the address; gRPC's own words hide it.</summary>
    private static string CauseOf(Grpc.Core.Status status)
    {
        Exception? cause = status.DebugException;
        while (cause is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } && cause?.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause is null ? status.Detail : $"{cause.Message}.";
    }

    /// <summary>2 where the request was at fault, else 1.</summary>
    public static int ExitCodeOf(StatusCode status) =>
        status is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.OutOfRange ? ExitCode.Usage : ExitCode.Failure;
}
