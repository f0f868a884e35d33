using Google.Rpc;
using Sjc.Contracts.Score.V1;

namespace Sjc.Contracts.Errors;

/// <summary>Between google.rpc.Status and its twin in <c>ScoreStream</c>'s answers.</summary>
public static class ScoreStatusConversions
{
    /// <summary>As it travels within a stream.</summary>
    public static ScoreStatus ToScoreStatus(this Status status) =>
        new() { Code = status.Code, Message = status.Message, Details = { status.Details } };

    /// <summary>As an ordinary status, whose details can be read and which can be thrown.</summary>
    public static Status ToRpcStatus(this ScoreStatus status) =>
        new() { Code = status.Code, Message = status.Message, Details = { status.Details } };
}
