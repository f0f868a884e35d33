using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Sjc.Client;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Services.Tests.EndToEnd;
using Sjc.Services.Tests.FieldOptimizer;

namespace Sjc.Services.Tests.Deploy;

/// <summary>Two real scorers behind a real HAProxy with the configuration of deploy/haproxy.</summary>
[Trait("Category", "EndToEnd")]
public sealed class HaproxyTests : IAsyncLifetime
{
    private readonly TemporaryFolder pictures = new();
    private readonly List<ServiceProcess> scorers = [];
    private Process? proxy;
    private ScorerClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        PictureFolderFixture.Write(pictures);
        scorers.Add(await ProcessRun.StartScorerAsync(pictures.Path, null));
        scorers.Add(await ProcessRun.StartScorerAsync(pictures.Path, null));
        int port = FreePort();
        proxy = StartProxy(port);
        client = new ScorerClient(new ServiceClientOptions { Address = $"http://127.0.0.1:{port}", RetryDelay = TimeSpan.FromMilliseconds(20), MaxRetryDelay = TimeSpan.FromMilliseconds(200) });
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null)
        {
            await client.DisposeAsync();
        }

        if (proxy is { HasExited: false })
        {
            proxy.Kill();
            await proxy.WaitForExitAsync(CancellationToken.None);
        }

        proxy?.Dispose();
        scorers.ForEach(scorer => scorer.Dispose());
        pictures.Dispose();
    }

    [Fact]
    public async Task Scores_OneScorerIsKilled_AllAreAnsweredWithTheSameBits()
    {
        Dictionary<ulong, TensorBytes> expected = [];
        for (ulong seed = 0; seed < 8; seed++)
        {
            expected[seed] = await ScoreAsync(seed);
        }

        await scorers[0].KillAsync();
        Task<TensorBytes>[] answers = [.. Enumerable.Range(0, 32).Select(i => ScoreAsync((ulong)i % 8))];

        TensorBytes[] received = await Task.WhenAll(answers);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => expected[(ulong)i % 8]), received);
    }

    [Fact]
    public async Task Scores_OverUnaryCalls_ReachBothScorers()
    {
        // The scorers differ in nothing but their connections: one alone can answer once the other is gone.
        await client.ListModelsAsync(Token);
        await scorers[1].KillAsync();
        Assert.Single(await client.ListModelsAsync(Token));
        Assert.Equal(await ScoreAsync(1), await ScoreAsync(1));

        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => client.GetModelAsync("unknown", Token));
        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    private async Task<TensorBytes> ScoreAsync(ulong seed)
    {
        const int side = PictureFolderFixture.PictureSize;
        ScoreResponse response = await client.ScoreAsync(
            new ScoreRequest
            {
                Model = "balls",
                Images = TensorCodec.Encode(new float[3 * side * side], [1, 3, side, side]),
                Sigmas = { 2 },
                Conditionings = { new Conditioning { Prompt = PictureFolderFixture.Prompt } },
                PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 2, Seed = seed },
                Deterministic = true,
            },
            Token);
        return new TensorBytes(response.Gradient.Data.ToBase64());
    }

    private Process StartProxy(int port)
    {
        ProcessStartInfo start = new("haproxy") { ArgumentList = { "-f", DeployFiles.PathOf("haproxy/haproxy.cfg"), "-db" }, UseShellExecute = false };
        start.Environment["SJC_LISTEN"] = $"127.0.0.1:{port}";
        start.Environment["SJC_SCORER_1"] = scorers[0].Address.Authority;
        start.Environment["SJC_SCORER_2"] = scorers[1].Address.Authority;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("HAProxy is not installed (apt: haproxy).");
            throw;
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A tensor's bytes, compared as such.</summary>
    private sealed record TensorBytes(string Base64);
}
