using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Sjc.Contracts.Score.V1;
using Sjc.ScoreServer;
using Sjc.Services.Tests.ScoreServer.Hosting;
using StreamCall = Grpc.Core.AsyncDuplexStreamingCall<Sjc.Contracts.Score.V1.ScoreStreamRequest, Sjc.Contracts.Score.V1.ScoreStreamResponse>;

namespace Sjc.Services.Tests.ScoreServer.Api;

/// <summary>A client that reads without end, but a few bytes at a time.</summary>
public sealed class SlowReaderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_ClientThatReadsAFewBytesAtATime_IsCutOffByTheWriteTimeoutAndHoldsUpNobody()
    {
        const int Requested = 200; // answers of 12 KiB, of which the client's window holds five
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Api:WriteTimeout=00:00:00.5", "--Api:MaxInFlightPerStream=4");
        Task ended = StreamEndedAsync(host);
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Application.Address(), new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535, ConnectCallback = ConnectSlowlyAsync },
            DisposeHttpClient = true,
        });
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using StreamCall slow = new ScoreService.ScoreServiceClient(channel).ScoreStream(cancellationToken: over.Token);
        Task reading = ReadAsync(slow, over.Token);
        Task sending = SendAsync(slow, Requested, over.Token);

        for (int i = 0; i < 20; i++)
        {
            Assert.NotNull((await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation)).Gradient);
        }

        // It would read on for minutes: the server has ended the stream meanwhile, and what the client has not read yet is on its way still.
        await ended.WaitAsync(Cancellation);
        await over.CancelAsync();
        await Task.WhenAll(reading, sending);
        Assert.NotNull((await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation)).Gradient);
    }

    /// <summary>Ends when the server has ended a stream: its own meter counts them.</summary>
    private static async Task StreamEndedAsync(ScoreServerHost host)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        object scope = host.Application.Services.GetRequiredService<IMeterFactory>();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "sjc.score.streams" && ReferenceEquals(instrument.Meter.Scope, scope))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, change, _, _) =>
        {
            if (change < 0)
            {
                ended.TrySetResult();
            }
        });
        listener.Start();
        await ended.Task;
    }

    private static async Task ReadAsync(StreamCall call, CancellationToken cancellationToken)
    {
        try
        {
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
            }
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException)
        {
            // Cut off.
        }
    }

    private static async Task SendAsync(StreamCall call, int count, CancellationToken cancellationToken)
    {
        try
        {
            for (int i = 0; i < count; i++)
            {
                await call.RequestStream.WriteAsync(new ScoreStreamRequest { Id = (ulong)i, Request = Requests.Score(TinyPictures.Kind, 64) }, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException or InvalidOperationException)
        {
            // Cut off.
        }
    }

    private static async ValueTask<Stream> ConnectSlowlyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new SlowStream(socket);
    }

    /// <summary>Reads 16 bytes at a time, a hundred times a second at most.</summary>
    private sealed class SlowStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        private const int Bytes = 16;
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Pause, cancellationToken);
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, Bytes)], cancellationToken);
        }
    }
}
