using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using Sjc.Client.Scoring;
using Sjc.Contracts.Score.V1;

namespace Sjc.Client.Endpoints;

/// <summary>One server: its channel, its one stream of scores, and what is known of its state.</summary>
internal sealed class Endpoint : IAsyncDisposable
{
    private readonly ServiceClientOptions options;
    private readonly TimeProvider time;
    private readonly GrpcChannel channel;
    private readonly SemaphoreSlim opening = new(1);
    private readonly Lock state = new();
    private ScoreStream? stream;
    private int failures;
    private long avoidUntil = long.MinValue;

    public Endpoint(EndpointKey key, ServiceClientOptions options, TimeProvider time)
    {
        Key = key;
        this.options = options;
        this.time = time;
        channel = Transport.OpenChannel(key, options);
        Calls = Transport.Invoker(channel, options);
    }

    public EndpointKey Key { get; }

    /// <summary>Makes calls to this server.</summary>
    public CallInvoker Calls { get; }

    /// <summary>What grpc.health.v1 last said of it; true where it says nothing. The pool's lock guards it, as the next three.</summary>
    public bool IsServing { get; set; } = true;

    /// <summary>Rows of the requests that it works on.</summary>
    public int Load { get; set; }

    /// <summary>Requests that it works on.</summary>
    public int Leases { get; set; }

    /// <summary>Number of the last request that was given to it, of all; 0: none was.</summary>
    public long LastChosen { get; set; }

    /// <summary>Whether it can be expected to answer: it is healthy, and has not failed just now.</summary>
    public bool IsAvailable
    {
        get
        {
            lock (state)
            {
                return IsServing && time.GetTimestamp() >= avoidUntil;
            }
        }
    }

    /// <summary>An answer came.</summary>
    public void Succeed()
    {
        lock (state)
        {
            failures = 0;
            avoidUntil = long.MinValue;
        }
    }

    /// <summary>No answer came: others are asked first for a while.</summary>
    /// <param name="requestedDelay">The while, where the server named it.</param>
    public void Fail(TimeSpan? requestedDelay)
    {
        lock (state)
        {
            TimeSpan doubled = options.RetryDelay * Math.Pow(2, Math.Min(failures++, 20));
            TimeSpan pause = requestedDelay ?? (doubled < options.MaxRetryDelay ? doubled : options.MaxRetryDelay);
            avoidUntil = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);
        }
    }

    /// <summary>A score, asked for on the endpoint's one stream.</summary>
    /// <exception cref="RpcException">The scorer refused the request, or the stream broke.</exception>
    public async Task<ScoreResponse> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        ScoreStream current = await OpenStreamAsync(cancellationToken);
        return await current.ScoreAsync(request, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
        {
            await stream.DisposeAsync();
        }

        channel.Dispose();
        opening.Dispose();
    }

    private async Task<ScoreStream> OpenStreamAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref stream) is { IsOpen: true } open)
        {
            return open;
        }

        await opening.WaitAsync(cancellationToken);
        try
        {
            if (stream is { IsOpen: true })
            {
                return stream;
            }

            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            // The stream serves all callers, and outlives the one that opened it: it is of no trace, its requests are of their callers'.
            Activity.Current = null;
            ScoreService.ScoreServiceClient client = new(Calls);
            return stream = new ScoreStream(
                client.ScoreStream(deadline: DateTime.UtcNow + options.StreamLifetime, cancellationToken: CancellationToken.None), options.AttemptTimeout);
        }
        finally
        {
            opening.Release();
        }
    }
}
