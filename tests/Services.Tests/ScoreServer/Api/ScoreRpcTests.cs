using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using Sjc.Diffusion;
using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Scoring;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class ScoreRpcTests
{
    // Both sides run the same float32 code; batches of other sizes may sum in another order.
    private const float Tolerance = 1e-5f;

    private static readonly double[] Sigmas = [0.3, 1, 4];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1.0, 1, true)]
    [InlineData(3.0, 1, true)]
    [InlineData(3.0, 4, true)]
    [InlineData(2.0, 3, false)]
    [InlineData(1.0, 0, true)] // direct
    public async Task Score_ThreeImages_EqualsDirectEvaluation(double guidance, int draws, bool varianceReduction)
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory], "--Batching:MaxBatchRows=5");
        ScoreRequest request = Request(guidance, draws, varianceReduction);
        ScoreResult expected = Evaluate(guidance, draws, varianceReduction);

        ScoreResponse response = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);

        Assert.Equal(expected.Gradient, TensorCodec.Decode(response.Gradient), (a, b) => MathF.Abs(a - b) < Tolerance);
        Assert.Equal(expected.Score, TensorCodec.Decode(response.Score), (a, b) => MathF.Abs(a - b) < Tolerance);
        Assert.Equal(expected.Denoised, TensorCodec.Decode(response.Denoised), (a, b) => MathF.Abs(a - b) < Tolerance);
        Assert.Equal([3u, 3u, 4u, 4u], response.Gradient.Shape);
        Assert.Equal(Sigmas, response.Sigmas);
        Assert.Equal(3u * Math.Max((uint)draws, 1) * (guidance == 1 ? 1u : 2u), response.Timing.Rows);
        Assert.True(response.Timing.ComputeSeconds > 0);
    }

    [Fact]
    public async Task Score_OutputsUnset_GivesGradientAlone()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        ScoreResponse response = await host.Client.ScoreAsync(Requests.Score(TinyPictures.Kind), cancellationToken: Cancellation);

        Assert.NotNull(response.Gradient);
        Assert.Null(response.Score);
        Assert.Null(response.Denoised);
        Assert.False(response.Deterministic);
    }

    [Fact]
    public async Task Score_HalfPrecision_RoundsTheAnswer()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        ScoreRequest request = Requests.Score(TinyPictures.Kind);
        ScoreResponse full = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);
        request.OutputDataType = DataType.F16;

        ScoreResponse half = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);

        Assert.Equal(DataType.F16, half.Gradient.DataType);
        Assert.Equal(TensorCodec.Decode(full.Gradient).Select(value => (float)(Half)value), TensorCodec.Decode(half.Gradient));
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(1.4, 1.0)]
    [InlineData(1.5, 2.0)] // a tie goes to the first, which is the greater
    [InlineData(3.9, 4.0)]
    public async Task Score_ModelWithLadder_SnapsSigma(double asked, double used)
    {
        TestFactory ladder = new("ladder", () => new TestDenoiser((noisy, sigmas) => noisy * 0 + sigmas[0], [4, 2, 1]));
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([ladder]);
        ScoreRequest request = Requests.Score("ladder");
        request.Sigmas[0] = asked;
        request.Outputs = new ScoreOutputs { Denoised = true };

        ScoreResponse response = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);

        Assert.Equal([used], response.Sigmas);
        Assert.All(TensorCodec.Decode(response.Denoised), value => Assert.Equal((float)used, value));
    }

    [Fact]
    public async Task Score_ClampDenoised_StaysInValueRange()
    {
        TestFactory loud = new("loud", () => new TestDenoiser((noisy, _) => noisy * 100));
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([loud]);
        ScoreRequest request = Requests.Score("loud");
        request.ClampDenoised = true;
        request.Outputs = new ScoreOutputs { Denoised = true };

        ScoreResponse response = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);

        Assert.All(TensorCodec.Decode(response.Denoised), value => Assert.InRange(value, -1, 1));
    }

    [Fact]
    public async Task Score_NegativePrompt_LeadsAwayFromIt()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        ScoreRequest request = Requests.Score(TinyPictures.Kind);
        request.GuidanceScale = 0;
        request.Outputs = new ScoreOutputs { Denoised = true };
        request.Conditionings.Add(new Conditioning { Prompt = "car", NegativePrompt = "green tree" });
        ScoreRequest tree = Requests.Score(TinyPictures.Kind);
        tree.Outputs = request.Outputs;
        tree.Conditionings.Add(Requests.Prompt("green tree"));

        ScoreResponse guided = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);
        ScoreResponse expected = await host.Client.ScoreAsync(tree, cancellationToken: Cancellation);

        // Scale 0 leaves the negative condition alone.
        Assert.Equal(TensorCodec.Decode(expected.Denoised), TensorCodec.Decode(guided.Denoised), (a, b) => MathF.Abs(a - b) < Tolerance);
    }

    private static ScoreRequest Request(double guidance, int draws, bool varianceReduction)
    {
        ScoreRequest request = new()
        {
            Model = TinyPictures.Kind,
            Images = Requests.Images(3),
            Sigmas = { Sigmas },
            Conditionings = { Requests.Prompt("red car") },
            GuidanceScale = guidance,
            Outputs = new ScoreOutputs { Gradient = true, Score = true, Denoised = true },
        };
        if (draws == 0)
        {
            request.Direct = new DirectEstimator();
        }
        else
        {
            request.PerturbAndAverage = new PerturbAndAverageEstimator { Draws = (uint)draws, Seed = 11, Iteration = 3, VarianceReduction = varianceReduction };
        }

        return request;
    }

    private static ScoreResult Evaluate(double guidance, int draws, bool varianceReduction)
    {
        using ExactDenoiser denoiser = TinyPictures.Create();
        Condition condition = denoiser.EncodePrompt("red car").Condition;
        ScoreQuery query = new(TinyPictures.Shape, TinyPictures.RandomImages(3), Sigmas, [condition, condition, condition])
        {
            NegativeConditions = [denoiser.Unconditional, denoiser.Unconditional, denoiser.Unconditional],
            GuidanceScale = guidance,
            Estimator = draws == 0 ? new ScoreEstimator.Direct() : new ScoreEstimator.PerturbAndAverage(draws, 11, 3, varianceReduction),
        };
        return ScoreEvaluation.Evaluate(denoiser, query);
    }
}
