using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer;
using Sjc.Services.Tests.ScoreServer.Hosting;
using StreamCall = Grpc.Core.AsyncDuplexStreamingCall<Sjc.Contracts.Score.V1.ScoreStreamRequest, Sjc.Contracts.Score.V1.ScoreStreamResponse>;

namespace Sjc.Services.Tests.ScoreServer.Api;

/// <summary>Clients that stop half-way are cut off by limits, and hold up nobody.</summary>
public sealed class HostileClientTests
{
    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    private static readonly byte[] EmptySettings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_ClientThatNeverReads_IsCutOffAndHoldsUpNobody()
    {
        const int Requested = 200; // answers of 12 KiB, of which the client's window holds five
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Api:WriteTimeout=00:00:00.5", "--Api:MaxInFlightPerStream=4");
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Application.Address(), new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 },
            DisposeHttpClient = true,
        });
        using StreamCall deaf = new ScoreService.ScoreServiceClient(channel).ScoreStream(cancellationToken: Cancellation);
        Task sending = SendAsync(deaf, Requested);

        for (int i = 0; i < 20; i++)
        {
            Assert.NotNull((await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation)).Gradient);
        }

        // Its requests are not read, and then the stream is broken off; only then does it look.
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await deaf.ResponseStream.MoveNext(Cancellation))
            {
            }
        });
    }

    [Fact]
    public async Task Connection_ThatGivesNoSignOfLife_IsClosed()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Api:KeepAlive=00:00:01");
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", host.Application.Address().Port, Cancellation);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync((byte[])[.. Preface, .. EmptySettings], Cancellation);

        byte[] buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, Cancellation) > 0)
            {
                // Settings and pings, which are not answered.
            }
        }
        catch (IOException)
        {
            // Closed as well.
        }

        Assert.NotNull((await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation)).Gradient);
    }

    [Fact]
    public async Task Connection_ThatBreaksOffCallAfterCall_IsClosedAndOthersAreServed()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Api:MaxResetsPerSecond=5");
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Application.Address());
        ScoreService.ScoreServiceClient client = new(channel);
        using StreamCall witness = client.ScoreStream(cancellationToken: Cancellation);
        await witness.SendAsync(1, Requests.Score(DeviceGate.Kind));
        await witness.ReadAsync();
        gate.Close();
        Task<bool> broken = witness.ResponseStream.MoveNext(Cancellation);
        while (!broken.IsCompleted)
        {
            using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            using AsyncUnaryCall<ScoreResponse> call = client.ScoreAsync(Requests.Score(DeviceGate.Kind), cancellationToken: cancel.Token);
            await Task.WhenAny(client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation).ResponseAsync, broken); // the call before it has begun
            await cancel.CancelAsync();
        }

        gate.Open();
        await Assert.ThrowsAsync<RpcException>(() => broken);
        Assert.NotNull((await host.Client.ScoreAsync(Requests.Score(DeviceGate.Kind), cancellationToken: Cancellation)).Gradient);
    }

    [Fact]
    public async Task Stream_Idle_IsEndedWithARetryableStatus()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Api:IdleStreamTimeout=00:00:00.2");
        using StreamCall call = host.Client.ScoreStream(cancellationToken: Cancellation);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    private static async Task SendAsync(StreamCall call, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await call.SendAsync((ulong)i, Requests.Score(TinyPictures.Kind, 64));
        }
    }
}
