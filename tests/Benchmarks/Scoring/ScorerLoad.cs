using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Diffusion;

namespace Sjc.Benchmarks.Scoring;

/// <summary>Clients that ask a scorer for guided gradients, as optimizers do: one image, two rows.</summary>
internal sealed class ScorerLoad(Uri address, DataShape shape)
{
    /// <summary>Rows of the network that a request takes.</summary>
    public const int Rows = 2;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public Uri Address => address;

    public ScoreRequest Request(ulong seed) => new()
    {
        Model = "shapes",
        Images = new Tensor { DataType = DataType.F32, Shape = { 1u, (uint)shape.Channels, (uint)shape.Height, (uint)shape.Width }, Data = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(new float[shape.ElementCount])) },
        Sigmas = { 1 },
        Conditionings = { new Conditioning { Prompt = BareNetwork.Prompt } },
        GuidanceScale = 3,
        PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 1, Seed = seed },
    };

    /// <summary>Closed loops: each client has a number of requests in flight and sends the next one after an answer.</summary>
    /// <returns>The answers of each client that came after the first second, and the time in which they came.</returns>
    public async Task<(List<LoadAnswer>[] Answers, TimeSpan Elapsed)> RunClosedAsync(int[] inFlight, TimeSpan duration, CancellationToken cancellationToken)
    {
        ConcurrentBag<LoadAnswer>[] answers = [.. inFlight.Select(_ => new ConcurrentBag<LoadAnswer>())];
        LoadStream[] streams = [.. inFlight.Select(_ => new LoadStream(address))];
        long start = Stopwatch.GetTimestamp();
        async Task LoopAsync(int client, ulong seed)
        {
            while (Stopwatch.GetElapsedTime(start) < WarmUp + duration)
            {
                cancellationToken.ThrowIfCancellationRequested();
                LoadAnswer answer = await await streams[client].SendAsync(Request(seed++));
                if (Stopwatch.GetElapsedTime(start) is var now && now >= WarmUp && now < WarmUp + duration)
                {
                    answers[client].Add(answer);
                }
            }
        }

        try
        {
            await Task.WhenAll(inFlight.SelectMany((count, client) => Enumerable.Range(0, count).Select(i => Task.Run(() => LoopAsync(client, (ulong)((client * 1000) + i) << 32)))));
        }
        finally
        {
            foreach (LoadStream stream in streams)
            {
                await stream.DisposeAsync();
            }
        }

        return ([.. answers.Select(bag => bag.ToList())], duration);
    }
}
