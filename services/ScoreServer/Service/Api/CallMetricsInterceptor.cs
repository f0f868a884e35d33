using System.Diagnostics;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Sjc.ScoreServer.Telemetry;

namespace Sjc.ScoreServer.Api;

/// <summary>Counts the calls that are not scores by their codes; scores count themselves, one by one, streamed or not.</summary>
internal sealed class CallMetricsInterceptor(ScoreServerMetrics metrics) : Interceptor
{
    /// <summary>As metrics name the methods.</summary>
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["/sjc.score.v1.ScoreService/ListModels"] = "list-models",
        ["/sjc.score.v1.ScoreService/GetModel"] = "get-model",
        ["/sjc.score.v1.ScoreService/EncodePrompts"] = "encode-prompts",
        ["/sjc.score.v1.ScoreService/EncodeImages"] = "encode-images",
        ["/sjc.score.v1.ScoreService/DecodeLatents"] = "decode-latents",
        ["/sjc.score.v1.ScoreService/Sample"] = "sample",
    };

    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        TResponse? response = null;
        await CountAsync(context, async () => response = await continuation(request, context));
        return response!;
    }

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        CountAsync(context, () => continuation(request, responseStream, context));

    private async Task CountAsync(ServerCallContext context, Func<Task> answer)
    {
        long start = Stopwatch.GetTimestamp();
        Code code = Code.Ok;
        try
        {
            await answer();
        }
        catch (RpcException exception)
        {
            code = (Code)exception.StatusCode;
            throw;
        }
        finally
        {
            if (Names.TryGetValue(context.Method, out string? name))
            {
                metrics.Answer(name, code.ToString(), Stopwatch.GetElapsedTime(start));
            }
        }
    }
}
