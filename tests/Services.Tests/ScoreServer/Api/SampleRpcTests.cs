using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Diffusion.Exact;
using Sjc.Diffusion.Sampling;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class SampleRpcTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", 1.0)]
    [InlineData(SamplerNames.KarrasEuler, 2.0)]
    [InlineData(SamplerNames.KarrasStochastic, 1.0)]
    [InlineData(SamplerNames.EulerAncestral, 1.0)]
    [InlineData(SamplerNames.Ddpm, 2.0)]
    [InlineData(SamplerNames.Ddim, 1.0)]
    [InlineData(SamplerNames.ProbabilityFlow, 1.0)]
    [InlineData(SamplerNames.VeSde, 1.0)]
    [InlineData(SamplerNames.VpSde, 1.0)]
    [InlineData(SamplerNames.AnnealedLangevin, 1.0)]
    public async Task Sample_TwoImages_EqualsTheSamplerItself(string sampler, double guidance)
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        SampleRequest request = Request(sampler, guidance);

        List<SampleResponse> events = await SampleAsync(host, request);

        using ExactDenoiser denoiser = TinyPictures.Create();
        double[] expected = ImageSampler.Sample(
            GuidedDenoiser.Bind(denoiser, denoiser.EncodePrompt("red car").Condition, null, guidance),
            TinyPictures.Shape,
            new ImageSamplerOptions { Sampler = sampler.Length > 0 ? sampler : SamplerNames.All[0], Steps = 10, Count = 2, Seed = 9, SigmaMax = 10, SigmaMin = 0.1 },
            cancellationToken: Cancellation);
        float[] images = TensorCodec.Decode(events[^1].Result.Images);
        // The same float32 network passes in the same batches; what differs is the order of its sums.
        Assert.Equal(expected.Select(value => Math.Clamp((float)value, -1, 1)), images, (a, b) => MathF.Abs(a - b) < 1e-3f);
        Assert.Equal([2u, 3u, 4u, 4u], events[^1].Result.Images.Shape);
    }

    [Fact]
    public async Task Sample_PreviewEveryThree_ReportsProgressAndPreviews()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        SampleRequest request = Request("", 1);
        request.PreviewEvery = 3;

        List<SampleResponse> events = await SampleAsync(host, request);

        SampleProgress[] progress = [.. events.SkipLast(1).Select(message => message.Progress)];
        Assert.Equal(Enumerable.Range(1, progress.Length).Select(step => (uint)step), progress.Select(step => step.Step));
        Assert.All(progress, step => Assert.Equal((uint)progress.Length, step.Steps));
        Assert.All(progress, step => Assert.Equal(step.Step % 3 == 0, step.Preview is not null));
        Assert.Equal(10.0, progress[0].Sigma, 6);
    }

    [Fact]
    public async Task Sample_SameSeed_GivesTheSameBits()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);

        List<SampleResponse> first = await SampleAsync(host, Request("", 2));
        List<SampleResponse> second = await SampleAsync(host, Request("", 2));

        Assert.Equal(first[^1], second[^1]);
    }

    [Fact]
    public async Task Sample_ManyFaults_AreAllNamed()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        SampleRequest request = new()
        {
            Model = TinyPictures.Kind,
            Sampler = "magic",
            Steps = 0,
            Count = 65,
            SigmaMax = 1,
            SigmaMin = 2,
            GuidanceScale = double.NaN,
            Eta = 2,
            Tolerance = 0,
            SignalToNoise = -1,
        };

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => SampleAsync(host, request));

        Assert.Equal(
            [
                "guidance_scale must be in [-100, 1000], but is NaN.",
                $"sampler must be one of {string.Join(", ", SamplerNames.All)}, but is magic.",
                "steps must be in [1, 10000], but is 0.",
                "count must be in [1, 64], but is 65.",
                "sigma_min must be at most sigma_max (1), but is 2.",
                "eta must be in [0, 1], but is 2.",
                "tolerance must be in [1e-10, 0.1], but is 0.",
                "signal_to_noise must be in (0, 10], but is -1.",
            ],
            Requests.Violations(error));
    }

    [Fact]
    public async Task Sample_OptionsOfASampler_ReachIt()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        SampleRequest plain = Request(SamplerNames.Ddim, 1);
        SampleRequest noisy = Request(SamplerNames.Ddim, 1);
        noisy.Eta = 1;
        SampleRequest loose = Request(SamplerNames.ProbabilityFlow, 1);
        loose.Tolerance = 0.05;

        List<SampleResponse> ofPlain = await SampleAsync(host, plain);
        List<SampleResponse> ofNoisy = await SampleAsync(host, noisy);
        List<SampleResponse> ofLoose = await SampleAsync(host, loose);
        List<SampleResponse> ofStrict = await SampleAsync(host, Request(SamplerNames.ProbabilityFlow, 1));

        Assert.NotEqual(ofPlain[^1], ofNoisy[^1]);
        Assert.InRange(ofLoose.Count, 2, ofStrict.Count - 1);
        Assert.Equal(ofStrict.Count - 1, (int)ofStrict[^2].Progress.Steps);
    }

    [Fact]
    public async Task Sample_Cancelled_LeavesTheServerFree()
    {
        using DeviceGate gate = new();
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([gate.Factory], "--Api:MaxConcurrentSamples=1");
        gate.Close();
        using (AsyncServerStreamingCall<SampleResponse> call = host.Client.Sample(new SampleRequest { Model = DeviceGate.Kind }, cancellationToken: Cancellation))
        {
            await gate.PassBegunAsync();
            RpcException busy = await Assert.ThrowsAsync<RpcException>(() => SampleAsync(host, new SampleRequest { Model = DeviceGate.Kind }));
            Assert.Equal(StatusCode.ResourceExhausted, busy.StatusCode);
        }

        gate.Open();
        ScoreResponse answer = await host.Client.ScoreAsync(Requests.Score(DeviceGate.Kind), cancellationToken: Cancellation);

        Assert.NotNull(answer.Gradient);
    }

    private static SampleRequest Request(string sampler, double guidance) => new()
    {
        Model = TinyPictures.Kind,
        Conditioning = Requests.Prompt("red car"),
        GuidanceScale = guidance,
        Sampler = sampler,
        Steps = 10,
        Count = 2,
        Seed = 9,
        SigmaMax = 10,
        SigmaMin = 0.1,
    };

    private static async Task<List<SampleResponse>> SampleAsync(ScoreServerHost host, SampleRequest request)
    {
        using AsyncServerStreamingCall<SampleResponse> call = host.Client.Sample(request, cancellationToken: Cancellation);
        List<SampleResponse> events = [];
        await foreach (SampleResponse message in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            events.Add(message);
        }

        return events;
    }
}
