using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Sjc.Contracts.Errors;
using Status = Google.Rpc.Status;

namespace Sjc.ScoreServer.Api;

/// <summary>Turns exceptions into google.rpc statuses; those that are the server's fault are logged.</summary>
internal sealed partial class StatusInterceptor(ILogger<StatusInterceptor> logger) : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            throw ToRpcException(exception, context);
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            throw ToRpcException(exception, context);
        }
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            throw ToRpcException(exception, context);
        }
    }

    private static bool IsForeign(Exception exception) => exception is not RpcException;

    private RpcException ToRpcException(Exception exception, ServerCallContext context)
    {
        bool gone = exception is IOException || context.CancellationToken.IsCancellationRequested; // a reset may come before the token tells
        Status status = RpcErrors.FromException(gone ? new OperationCanceledException() : exception);
        if (status.Code == (int)Code.Internal)
        {
            LogFailed(exception, context.Method);
        }

        return status.ToRpcException();
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Error, Message = "{Method} failed.")]
    private partial void LogFailed(Exception exception, string method);
}
