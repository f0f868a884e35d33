using Grpc.Core;
using Sjc.Contracts.Errors;

namespace Sjc.ScoreServer.Api;

/// <summary>What is wrong with a request: breaches of the contract first, then what the server no longer holds.</summary>
internal sealed class RequestFaults
{
    private string? _unknownHandle;

    /// <summary>Breaches of the contract.</summary>
    public FieldViolations Violations { get; } = new();

    /// <summary>A well-formed handle that names nothing here.</summary>
    public void AddUnknownHandle(string field, string model) =>
        _unknownHandle ??= $"{field} must be a handle that this server holds for {model}, but is unknown; call EncodePrompts again.";

    /// <summary>Ends the examination.</summary>
    /// <exception cref="InvalidRequestException">There are breaches of the contract.</exception>
    /// <exception cref="RpcException">NOT_FOUND, reason HANDLE_UNKNOWN.</exception>
    public void ThrowIfAny()
    {
        Violations.ThrowIfAny();
        if (_unknownHandle is not null)
        {
            throw RpcErrors.NotFound("HANDLE_UNKNOWN", _unknownHandle).ToRpcException();
        }
    }
}
