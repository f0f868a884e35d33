using Grpc.Core;
using Sjc.Contracts.Score.V1;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>Requests into a stream, answers out of it.</summary>
internal static class ScoreStreamCalls
{
    public static Task SendAsync(this AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call, ulong id, ScoreRequest request) =>
        call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = id, Request = request }, TestContext.Current.CancellationToken);

    public static async Task<ScoreStreamResponse> ReadAsync(this AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken), "The stream must have another answer, but has ended.");
        return call.ResponseStream.Current;
    }
}
