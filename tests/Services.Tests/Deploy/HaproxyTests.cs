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
        string[] places = ["/usr/sbin", "/usr/local/sbin", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)];
        string? program = places.Select(place => Path.Combine(place, "haproxy")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "HAProxy is not installed (apt: haproxy).");
        PictureFolderFixture.Write(pictures);
        scorers.Add(await StartScorerAsync());
        scorers.Add(await StartScorerAsync("--Models:1:Name=more", "--Models:1:Kind=exact", "--Models:1:Load=OnFirstUse"));
        int port = FreePort();
        proxy = StartProxy(program, port);
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
    public async Task UnaryCalls_BothScorersLive_ReachBothAndThenTheOneThatIsLeft()
    {
        // The second scorer lists one model more.
        HashSet<int> answers = [];
        while (answers.Count < 2)
        {
            answers.Add((await client.ListModelsAsync(Token)).Count);
        }

        await scorers[1].KillAsync();
        Assert.Single(await client.ListModelsAsync(Token));

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

    private Task<ServiceProcess> StartScorerAsync(params string[] more) => ServiceProcess.StartAsync(
        "Sjc.ScoreServer",
        null,
        [
            "--Models:0:Name=balls", "--Models:0:Kind=exact", $"--Models:0:Path={pictures.Path}", $"--Models:0:ImageSize={PictureFolderFixture.PictureSize}", "--TorchThreads=1", .. more,
        ]);

    private Process StartProxy(string program, int port)
    {
        ProcessStartInfo start = new(program) { ArgumentList = { "-f", DeployFiles.PathOf("haproxy/haproxy.cfg"), "-db" }, UseShellExecute = false };
        start.Environment["SJC_LISTEN"] = $"127.0.0.1:{port}";
        start.Environment["SJC_SCORER_1"] = scorers[0].Address.Authority;
        start.Environment["SJC_SCORER_2"] = scorers[1].Address.Authority;
        return Process.Start(start)!;
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
