using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Numerics;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class MalformedRequestTests
{
    private const int Mutants = 8000;
    private const int StreamMutants = 2000;
    private const int Senders = 4;

    private static readonly Method<byte[], byte[]> RawScore = new(
        MethodType.Unary, "sjc.score.v1.ScoreService", "Score", Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.Create(bytes => bytes, bytes => bytes));

    private static readonly Method<byte[], byte[]> RawStream = new(
        MethodType.DuplexStreaming, "sjc.score.v1.ScoreService", "ScoreStream", Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.Create(bytes => bytes, bytes => bytes));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Score_MutatedMessages_AreAnsweredOrRefusedAndTheServerGoesOn()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Batching:QueueCapacityRows=64");
        CallInvoker invoker = host.Channel.CreateCallInvoker();
        byte[] sound = Sound().ToByteArray();
        int refused = 0;
        await Parallel.ForAsync(0, Mutants, new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = Cancellation }, async (mutant, _) =>
        {
            byte[] message = Mutate(sound, (uint)mutant);
            StatusCode code = await SendAsync(invoker, message);
            Interlocked.Add(ref refused, code == StatusCode.OK ? 0 : 1);
            // Bytes that are no protobuf fail in the gRPC layer, before the service sees them.
            Assert.True(
                code is StatusCode.OK or StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.ResourceExhausted or StatusCode.FailedPrecondition || !IsParseable(message),
                $"Mutant {mutant} must be answered or refused, but ended with {code}.");
        });

        ScoreResponse answer = await host.Client.ScoreAsync(Sound(), cancellationToken: Cancellation);

        Assert.NotNull(answer.Gradient);
        Assert.InRange(refused, Mutants / 10, Mutants);
    }

    [Fact]
    public async Task Stream_MutatedMessages_EndTheStreamAtMostAndTheServerGoesOn()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        CallInvoker invoker = host.Channel.CreateCallInvoker();
        byte[] sound = new ScoreStreamRequest { Id = 1, Request = Sound() }.ToByteArray();
        int streams = 0;
        for (uint mutant = 0; mutant < StreamMutants; streams++)
        {
            mutant = await SendUntilItEndsAsync(invoker, sound, mutant);
        }

        using AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call = host.Client.ScoreStream(cancellationToken: Cancellation);
        await call.SendAsync(7, Sound());
        Assert.NotNull((await call.ReadAsync()).Response);
        Assert.InRange(streams, 2, StreamMutants);
    }

    /// <summary>Mutants on one stream, for as long as the server keeps it.</summary>
    /// <returns>The mutant to go on with.</returns>
    private static async Task<uint> SendUntilItEndsAsync(CallInvoker invoker, byte[] sound, uint mutant)
    {
        using AsyncDuplexStreamingCall<byte[], byte[]> call = invoker.AsyncDuplexStreamingCall(RawStream, null, new CallOptions(cancellationToken: Cancellation));
        try
        {
            for (; mutant < StreamMutants; mutant++)
            {
                byte[] message = Mutate(sound, mutant);
                await call.RequestStream.WriteAsync(message, Cancellation);

                // What is no protobuf ends the stream, and what cancels has no answer.
                if (!IsStreamMessage(message) || ScoreStreamRequest.Parser.ParseFrom(message).ActionCase == ScoreStreamRequest.ActionOneofCase.Cancel)
                {
                    await call.RequestStream.CompleteAsync();
                    while (await call.ResponseStream.MoveNext(Cancellation))
                    {
                    }

                    return mutant + 1;
                }

                Assert.True(await call.ResponseStream.MoveNext(Cancellation), $"Mutant {mutant} must be answered, but is not.");
            }
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException && !IsStreamMessage(Mutate(sound, mutant)))
        {
            return mutant + 1;
        }

        return mutant;
    }

    private static bool IsStreamMessage(byte[] message)
    {
        try
        {
            ScoreStreamRequest.Parser.ParseFrom(message);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static ScoreRequest Sound()
    {
        ScoreRequest request = Requests.Score(TinyPictures.Kind, 2);
        request.Conditionings.Add(new Conditioning { Prompt = "red car", NegativePrompt = "tree" });
        request.PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 2, Seed = 3 };
        request.GuidanceScale = 2;
        return request;
    }

    private static async Task<StatusCode> SendAsync(CallInvoker invoker, byte[] message)
    {
        try
        {
            await invoker.AsyncUnaryCall(RawScore, null, new CallOptions(cancellationToken: Cancellation), message);
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }

    private static bool IsParseable(byte[] message)
    {
        try
        {
            ScoreRequest.Parser.ParseFrom(message);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    /// <summary>One of: random bytes; a few bytes changed, mostly outside the tensor's; cut short; doubled; a field of text replaced.</summary>
    private static byte[] Mutate(byte[] sound, uint mutant)
    {
        RandomKey key = new(17, RandomStream.Pictures, mutant);
        int At(uint position, int bound) => key.UniformInteger(position, bound);
        switch (mutant % 5)
        {
            case 0:
                return [.. Enumerable.Range(0, 1 + At(0, 300)).Select(i => (byte)At((uint)i + 1, 256))];
            case 1 or 2:
                byte[] changed = [.. sound];
                for (uint i = 0; i < 1 + (mutant % 7); i++)
                {
                    int tail = At(8 + (3 * i), 2) == 0 ? sound.Length : 80;
                    changed[sound.Length - 1 - At(9 + (3 * i), tail)] = (byte)At(10 + (3 * i), 256);
                }

                return changed;
            case 3:
                return sound[..At(0, sound.Length)];
            default:
                return [.. sound, .. Encoding.UTF8.GetBytes(new string((char)At(0, 128), At(1, 20))), .. sound[At(2, sound.Length)..]];
        }
    }
}
