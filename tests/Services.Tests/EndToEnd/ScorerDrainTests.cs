using System.Collections.Concurrent;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.EndToEnd;

/// <summary>SIGTERM to a scorer under load: whatever it took is answered.</summary>
[Trait("Category", "EndToEnd")]
public sealed class ScorerDrainTests : IDisposable
{
    private const int Clients = 6;
    private const int InFlight = 8;
    private const int AnswersBefore = 200;
    private readonly TemporaryFolder folder = new();
    private readonly TaskCompletionSource warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int answered;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Terminate_UnderLoad_LosesNoAcceptedRequest()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "There is no SIGTERM on this system.");
        PictureFolderFixture.Write(folder);
        using ServiceProcess scorer = await ProcessRun.StartScorerAsync(folder.Path, null);
        Task<Ending>[] clients = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AskAsync(scorer.Address)))];
        await warm.Task.WaitAsync(Token);

        int code = await scorer.TerminateAsync();
        Ending[] endings = await Task.WhenAll(clients);

        Assert.Equal(0, code);
        Assert.All(endings, ending => Assert.Equal(StatusCode.Unavailable, ending.Status));

        // What a slow client sends after the stream was quiet is not taken: the stream's status tells it so.
        Assert.All(endings, ending => Assert.True(ending.Unanswered <= InFlight));

        // What the server counted as accepted it counts as answered, and every answer has come.
        (long accepted, long done) = scorer.Drained();
        Assert.Equal(accepted, done);
        Assert.Equal(accepted, endings.Sum(ending => ending.Responses));
    }

    private async Task<Ending> AskAsync(Uri address)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(address);
        using AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call = new ScoreService.ScoreServiceClient(channel).ScoreStream(cancellationToken: Token);
        ConcurrentDictionary<ulong, bool> pending = [];
        long responses = 0;
        ulong id = 0;
        try
        {
            for (; id < InFlight; id++)
            {
                await SendAsync(call, pending, id);
            }

            while (await call.ResponseStream.MoveNext(Token))
            {
                ScoreStreamResponse answer = call.ResponseStream.Current;
                Assert.True(pending.TryRemove(answer.Id, out _), "A request must be answered once.");
                if (answer.Response is null)
                {
                    Assert.Equal((int)Code.Unavailable, answer.Status.Code);
                    continue;
                }

                responses++;
                if (Interlocked.Increment(ref answered) == AnswersBefore)
                {
                    warm.TrySetResult();
                }

                await SendAsync(call, pending, id++);
            }

            return new Ending(StatusCode.OK, pending.Count, responses);
        }
        catch (RpcException exception)
        {
            warm.TrySetException(exception);
            return new Ending(exception.StatusCode, pending.Count, responses);
        }
    }

    private static async Task SendAsync(AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call, ConcurrentDictionary<ulong, bool> pending, ulong id)
    {
        pending[id] = true;
        int size = PictureFolderFixture.PictureSize;
        ScoreRequest request = new()
        {
            Model = "balls",
            Images = TensorCodec.Encode(new float[3 * size * size], [1, 3, size, size]),
            Sigmas = { 2 },
            PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 1, Seed = id },
        };
        try
        {
            await call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = id, Request = request }, Token);
        }
        catch (Exception exception) when (exception is InvalidOperationException or RpcException)
        {
            // The stream has ended; the reader is told how, after the answers that are under way.
        }
    }

    private sealed record Ending(StatusCode Status, int Unanswered, long Responses);
}
