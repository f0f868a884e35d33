using Grpc.Core;
using Grpc.Core.Interceptors;
using Sjc.Client;
using Sjc.Contracts.Errors;

namespace Sjc.FieldOptimizer.Api;

/// <summary>Turns exceptions into google.rpc statuses; what nobody expected is logged and told as INTERNAL.</summary>
internal sealed partial class StatusInterceptor(IHostApplicationLifetime lifetime, ILogger<StatusInterceptor> logger) : Interceptor
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw ToStatus(exception, context).ToRpcException();
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw ToStatus(exception, context).ToRpcException();
        }
    }

    private Google.Rpc.Status ToStatus(Exception exception, ServerCallContext context)
    {
        if (exception is OperationCanceledException && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return RpcErrors.Unavailable("The server stops.", RetryDelay);
        }

        if (exception is ServiceUnavailableException)
        {
            return RpcErrors.Unavailable(exception.Message, RetryDelay);
        }

        if (exception is not (InvalidRequestException or OperationCanceledException))
        {
            LogUnexpected(exception, context.Method);
        }

        return RpcErrors.FromException(exception);
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Error, Message = "{Method} failed.")]
    private partial void LogUnexpected(Exception exception, string method);
}
