using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Numerics;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Models;

public sealed class ShippedModelsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListModels_NothingConfigured_HoldsShapesAndExact()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([]);

        ListModelsResponse response = await host.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation);
        Model exact = (await host.Client.GetModelAsync(new GetModelRequest { Name = "exact" }, cancellationToken: Cancellation)).Model;

        Assert.Equal([("shapes", true), ("exact", false)], response.Models.Select(model => (model.Name, model.Ready)));
        Model shapes = response.Models[0];
        Assert.Equal([3u, 32u, 32u], shapes.DataShape);
        Assert.True(shapes.ParameterCount > 1_000_000);
        Assert.Contains("car", shapes.Vocabulary);
        Assert.Equal(3, shapes.ViewWording.Bands.Count);
        Assert.True(shapes.Hints.HasGuidanceScale);
        Assert.True(exact.Ready);
        Assert.Equal(shapes.DataShape, exact.DataShape);
        Assert.Equal(shapes.ViewWording, exact.ViewWording);
    }

    [Fact]
    public async Task Score_ShapesDeterministicUnderLoad_GivesTheSameBitsAsAlone()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([]);
        ScoreRequest request = Request(index: 0, deterministic: true);
        ScoreResponse alone = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);

        List<Task> load = [];
        List<Task<ScoreResponse>> repeated = [];
        for (uint i = 1; i <= 8; i++)
        {
            load.Add(host.Client.ScoreAsync(Request(i, deterministic: false), cancellationToken: Cancellation).ResponseAsync);
            repeated.Add(host.Client.ScoreAsync(request, cancellationToken: Cancellation).ResponseAsync);
        }

        await Task.WhenAll(load);
        Assert.All(await Task.WhenAll(repeated), response => Assert.Equal(alone.Gradient.Data, response.Gradient.Data));
        Assert.True(TensorCodec.Decode(alone.Gradient).Max(MathF.Abs) > 0.01f);
    }

    private static ScoreRequest Request(uint index, bool deterministic)
    {
        float[] image = new float[3 * 32 * 32];
        new RandomKey(1, RandomStream.Pictures, 0, index).FillUniform(image);
        return new ScoreRequest
        {
            Model = "shapes",
            Images = TensorCodec.Encode(image, [1, 3, 32, 32]),
            Sigmas = { 1 + index },
            Conditionings = { Requests.Prompt("front view of a red car") },
            GuidanceScale = 2.5,
            PerturbAndAverage = new PerturbAndAverageEstimator { Seed = index },
            Deterministic = deterministic,
        };
    }
}
