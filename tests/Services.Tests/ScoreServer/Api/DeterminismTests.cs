using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class DeterminismTests
{
    private const string Coupled = "coupled";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Score_DeterministicUnderLoad_GivesTheSameBitsAsAlone()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([CoupledRows()], "--Batching:MaxBatchRows=8", "--Batching:QueueCapacityRows=8192", "--Batching:TenantCapacityRows=8192");
        ScoreRequest request = Request(deterministic: true);
        ScoreResponse alone = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);

        Task<ScoreResponse>[] repeated = new Task<ScoreResponse>[60];
        List<Task> load = [];
        for (int i = 0; i < repeated.Length; i++)
        {
            load.Add(host.Client.ScoreAsync(Requests.Score(Coupled, 1 + (i % 5), (uint)i), cancellationToken: Cancellation).ResponseAsync);
            repeated[i] = host.Client.ScoreAsync(request, cancellationToken: Cancellation).ResponseAsync;
        }

        await Task.WhenAll(load);
        Assert.True(alone.Deterministic);
        Assert.All(await Task.WhenAll(repeated), response => Assert.Equal(alone.Gradient.Data, response.Gradient.Data));
    }

    [Fact]
    public async Task Score_DeterministicOfTheShippedNetwork_SharePassesWithTheSameBits()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([], "--Models:0:Name=shapes", "--Models:0:Kind=shapes");
        int size = (int)(await host.Client.GetModelAsync(new GetModelRequest { Name = "shapes" }, cancellationToken: Cancellation)).Model.DataShape[1];
        ScoreRequest[] requests = [.. Enumerable.Range(0, 12).Select(i => new ScoreRequest
        {
            Model = "shapes",
            Images = TensorCodec.Encode(new float[3 * size * size], [1, 3, size, size]),
            Sigmas = { 1 + (0.1 * i) },
            Conditionings = { Requests.Prompt(i % 2 == 0 ? "red car" : "blue chair") },
            GuidanceScale = 3,
            PerturbAndAverage = new PerturbAndAverageEstimator { Seed = (ulong)i },
            Deterministic = true,
        })];
        List<ScoreResponse> alone = [];
        foreach (ScoreRequest request in requests)
        {
            alone.Add(await host.Client.ScoreAsync(request, cancellationToken: Cancellation));
        }

        ScoreResponse[] together = await Task.WhenAll(requests.Select(request => host.Client.ScoreAsync(request, cancellationToken: Cancellation).ResponseAsync));

        Assert.Contains(together, response => response.Timing.BatchRows > response.Timing.Rows);
        Assert.All(together.Zip(alone), pair => Assert.Equal(pair.Second.Gradient.Data, pair.First.Gradient.Data));
        Assert.All(together, response => Assert.True(response.Deterministic));
    }

    [Fact]
    public async Task Score_NotDeterministic_SharesItsBatch()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Batching:MaxBatchRows=8");
        using Grpc.Core.AsyncDuplexStreamingCall<ScoreStreamRequest, ScoreStreamResponse> call = host.Client.ScoreStream(cancellationToken: Cancellation);
        gate.Close();
        await call.SendAsync(1, Requests.Score(DeviceGate.Kind));
        await gate.PassBegunAsync();
        ScoreRequest deterministic = Requests.Score(DeviceGate.Kind, 3);
        deterministic.Deterministic = true;
        await call.SendAsync(2, Requests.Score(DeviceGate.Kind, 2));
        await call.SendAsync(3, Requests.Score(DeviceGate.Kind, 1));
        await call.SendAsync(4, deterministic);
        ScoreRequest refused = Requests.Score("");
        await call.SendAsync(5, refused);
        Assert.Equal(5ul, (await call.ReadAsync()).Id); // all before it are in the queue
        gate.Open();

        List<ScoreStreamResponse> answers = [await call.ReadAsync(), await call.ReadAsync(), await call.ReadAsync(), await call.ReadAsync()];

        Assert.Equal([(1ul, 1u), (2ul, 3u), (3ul, 3u), (4ul, 3u)], answers.OrderBy(answer => answer.Id).Select(answer => (answer.Id, answer.Response.Timing.BatchRows)));
    }

    private static ScoreRequest Request(bool deterministic) => new()
    {
        Model = Coupled,
        Images = Requests.Images(2),
        Sigmas = { 1, 2 },
        GuidanceScale = 3,
        PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 5, Seed = 1 },
        Deterministic = deterministic,
    };

    /// <summary>Every row's result depends on the whole batch, as rounding does in real networks, but grossly.</summary>
    private static TestFactory CoupledRows() => new(Coupled, () => new TestDenoiser((noisy, _) => (noisy * 0.5) + noisy.mean()));
}
