using Grpc.Core;
using Sjc.Client;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;

namespace Sjc.Services.Tests.Clients.Live;

/// <summary>The C# client against a running scorer, as the clients of other languages are tested.</summary>
[Trait("Category", "Live")]
public sealed class LiveScorerTests(LiveServers servers) : IClassFixture<LiveServers>, IAsyncLifetime
{
    private const string Prompt = "a red car";
    private ScorerClient scorer = null!;
    private int[] shape = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        scorer = new ScorerClient(new ServiceClientOptions { Address = servers.Scorer, DescribeTimeout = TimeSpan.FromMinutes(2) });
        shape = [.. (await scorer.GetModelAsync("exact", Token)).DataShape.Select(extent => (int)extent)];
    }

    public ValueTask DisposeAsync() => scorer.DisposeAsync();

    [Fact]
    public async Task ListModelsAsync_Server_HasTheModel() => Assert.Contains("exact", (await scorer.ListModelsAsync(Token)).Select(model => model.Name));

    [Fact]
    public async Task ScoreAsync_AllOutputs_BelongTogether()
    {
        ScoreRequest request = Request();
        request.Direct = new DirectEstimator();
        request.Sigmas[0] = 2;
        request.Outputs = new ScoreOutputs { Gradient = true, Score = true, Denoised = true };

        ScoreResponse answer = await scorer.ScoreAsync(request, Token);

        float[] image = TensorCodec.Decode(request.Images);
        float[] score = TensorCodec.Decode(answer.Score);
        float[] denoised = TensorCodec.Decode(answer.Denoised);
        Assert.All(score.Zip(TensorCodec.Decode(answer.Gradient)), pair => Assert.Equal(2 * pair.First, pair.Second, 1e-5f));
        Assert.All(score.Select((value, i) => value - ((denoised[i] - image[i]) / 4)), difference => Assert.Equal(0, difference, 1e-4f));
    }

    [Fact]
    public async Task ScoreManyAsync_Requests_AnswersAreThoseOfEachAlone()
    {
        ScoreRequest[] requests = [.. Enumerable.Range(0, 9).Select(seed => Request(seed))];
        int turn = 0;
        await foreach (ScoreResponse answer in scorer.ScoreManyAsync(requests.ToAsyncEnumerable(), inFlight: 4, Token))
        {
            Assert.Equal((await scorer.ScoreAsync(requests[turn++], Token)).Gradient, answer.Gradient);
        }

        Assert.Equal(requests.Length, turn);
    }

    [Fact]
    public async Task ScoreAsync_BadRequest_NamesEveryFault()
    {
        ScoreRequest request = Request();
        request.Sigmas.Add(2);
        request.GuidanceScale = 1e6;

        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => scorer.ScoreAsync(request, Token));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal(["guidance_scale", "sigmas"], refusal.Violations.Select(violation => violation.Field).Order());
    }

    [Fact]
    public async Task ScoreAsync_UnknownHandle_HasAReason()
    {
        ScoreRequest request = Request();
        request.Conditionings[0].PromptHandle = new string('0', 64);

        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => scorer.ScoreAsync(request, Token));

        Assert.Equal((StatusCode.NotFound, "HANDLE_UNKNOWN"), (refusal.StatusCode, refusal.Reason));
    }

    [Fact]
    public async Task ScoreAsync_Cancelled_Ends()
    {
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<ScoreResponse> answer = scorer.ScoreAsync(Large(), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task ScoreAsync_NoAnswerInTime_IsUnavailable()
    {
        await using ScorerClient impatient = new(new ServiceClientOptions { Address = servers.Scorer, GiveUpAfter = TimeSpan.FromMilliseconds(10) });

        ServiceUnavailableException failure = await Assert.ThrowsAsync<ServiceUnavailableException>(() => impatient.ScoreAsync(Large(), Token));

        Assert.Contains("gave no answer for 0 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SampleAsync_Model_TellsProgressThenImages()
    {
        List<SampleResponse> events = [];
        SampleRequest request = new() { Model = "exact", Conditioning = new Conditioning { Prompt = Prompt }, Count = 2, Steps = 4 };
        await foreach (SampleResponse response in scorer.SampleAsync(request, Token))
        {
            events.Add(response);
        }

        Assert.Equal([2u, .. shape.Select(extent => (uint)extent)], events[^1].Result.Images.Shape);
        Assert.All(events[..^1], response => Assert.NotNull(response.Progress));
        Assert.True(events.Count > 1);
    }

    [Fact]
    public async Task Canvas_AllLanguages_AgreeToFloat32Rounding()
    {
        float[] canvas = await OptimizeCanvasAsync(seed: 7, steps: 50);
        Assert.True(canvas.Max() - canvas.Min() > 0.5f);
        Assert.SkipWhen(LiveServers.Canvases is null, "The other languages' canvases are made by clients/test.");

        // The same sums in the same order; a language may round a product once more than another: by half of the last bit of values below 2, in each step.
        const float float32Rounding = 1.2e-7f;
        foreach (string file in Directory.EnumerateFiles(LiveServers.Canvases, "*.f32"))
        {
            byte[] bytes = await File.ReadAllBytesAsync(file, Token);
            Assert.Equal(canvas.Length * sizeof(float), bytes.Length);
            float worst = canvas.Select((value, i) => MathF.Abs(value - BitConverter.ToSingle(bytes, sizeof(float) * i))).Max();
            Assert.True(worst <= 50 * float32Rounding, $"{Path.GetFileName(file)} must agree with C#'s canvas, but differs by {worst}.");
        }
    }

    /// <summary>The paper's 2D experiment: the scene is the picture itself, so that the scorer sends the gradient of the canvas.</summary>
    private async Task<float[]> OptimizeCanvasAsync(ulong seed, int steps)
    {
        float[] canvas = new float[shape.Aggregate(1, (product, extent) => product * extent)];
        for (int step = 0; step < steps; step++)
        {
            double sigma = 8 - (7.5 * step / (steps - 1)); // from far to near
            ScoreRequest request = Request();
            request.Images = TensorCodec.Encode(canvas, [1, .. shape]);
            request.Sigmas[0] = sigma;
            request.PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 1, Seed = seed, Iteration = (uint)step };
            float[] gradient = TensorCodec.Decode((await scorer.ScoreAsync(request, Token)).Gradient);
            float rate = (float)(0.25 * sigma); // gradient = sigma * score = (D - x) / sigma
            for (int i = 0; i < canvas.Length; i++)
            {
                canvas[i] += rate * gradient[i];
            }
        }

        return canvas;
    }

    private ScoreRequest Request(int seed = 1) => new()
    {
        Model = "exact",
        Images = TensorCodec.Encode(Image(seed, 1), [1, .. shape]),
        Sigmas = { 1 },
        Conditionings = { new Conditioning { Prompt = Prompt } },
        PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 1, Seed = (ulong)seed },
        Deterministic = true,
    };

    /// <summary>As much as takes a while.</summary>
    private ScoreRequest Large()
    {
        ScoreRequest request = Request();
        request.Images = TensorCodec.Encode(Image(1, 64), [64, .. shape]);
        request.PerturbAndAverage = new PerturbAndAverageEstimator { Draws = 4 };
        return request;
    }

    private float[] Image(int seed, int count) =>
        [.. Enumerable.Range(0, shape.Aggregate(count, (product, extent) => product * extent)).Select(i => MathF.Sin(seed + (0.37f * i)))];
}
