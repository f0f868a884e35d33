using Grpc.Core;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensor.V1;
using Sjc.Contracts.Tensors;
using Sjc.Numerics;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Api;

public sealed class LatentRpcTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetModel_Latent_NamesThePicturesShape()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([LatentDenoiser.Factory, TinyPictures.Factory]);

        ListModelsResponse models = await host.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation);

        Assert.Equal(DataSpace.Latent, models.Models[0].DataSpace);
        Assert.Equal([3u, 8u, 8u], models.Models[0].PixelShape);
        Assert.Empty(models.Models[1].PixelShape);
    }

    [Fact]
    public async Task EncodeImages_TwoPictures_GivesEachItsLatents()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([LatentDenoiser.Factory]);
        Tensor pictures = Random([2, 3, 8, 8], 0);

        EncodeImagesResponse both = await host.Client.EncodeImagesAsync(new EncodeImagesRequest { Model = LatentDenoiser.Kind, Images = pictures }, cancellationToken: Cancellation);

        Assert.Equal([2u, 4u, 4u, 4u], both.Latents.Shape);
        Assert.Equal(Encode(TensorCodec.Decode(pictures)), TensorCodec.Decode(both.Latents), (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public async Task DecodeLatents_AnotherSize_GivesPicturesOfThatSizeInRange()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([LatentDenoiser.Factory]);
        Tensor latents = Random([2, 4, 3, 6], 1);

        DecodeLatentsResponse decoded = await host.Client.DecodeLatentsAsync(new DecodeLatentsRequest { Model = LatentDenoiser.Kind, Latents = latents }, cancellationToken: Cancellation);

        Assert.Equal([2u, 3u, 6u, 12u], decoded.Images.Shape);
        float[] given = TensorCodec.Decode(latents);
        float[] pixels = TensorCodec.Decode(decoded.Images);
        Assert.All(pixels, value => Assert.InRange(value, -1, 1));
        Assert.Equal(Math.Clamp(given[(4 * 18) + (2 * 18) + 6 + 5], -1, 1), pixels[(3 * 72) + (2 * 72) + (3 * 12) + 11]);
    }

    [Fact]
    public async Task Coding_WrongTensors_AreInvalid()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([LatentDenoiser.Factory], "--Api:MaxImagesPerRequest=2");

        RpcException shape = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.EncodeImagesAsync(new EncodeImagesRequest { Model = LatentDenoiser.Kind, Images = Random([1, 3, 8, 9], 0) }, cancellationToken: Cancellation));
        RpcException count = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.EncodeImagesAsync(new EncodeImagesRequest { Model = LatentDenoiser.Kind, Images = Random([3, 3, 8, 8], 0) }, cancellationToken: Cancellation));
        RpcException area = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.DecodeLatentsAsync(new DecodeLatentsRequest { Model = LatentDenoiser.Kind, Latents = Random([1, 4, 5, 13], 0) }, cancellationToken: Cancellation));

        Assert.Equal(["images.shape must be [n, 3, 8, 8], but is [1, 3, 8, 9]."], Requests.Violations(shape));
        Assert.Equal(["images.shape must hold at most 2 images, but is 3."], Requests.Violations(count));
        Assert.Equal(["latents.shape must have at most 64 values a channel, but is 65."], Requests.Violations(area));
    }

    /// <summary>L = Σ gradient of the latents, held fixed, times the latents of p: the answer is dL/dp, by central differences of the encoder.</summary>
    [Fact]
    public async Task Score_EncodeImages_IsTheGradientThroughTheEncoder()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([LatentDenoiser.Factory]);
        ScoreRequest request = PixelRequest();
        float[] pixels = TensorCodec.Decode(request.Images);
        ScoreRequest ofLatents = request.Clone();
        ofLatents.EncodeImages = false;
        ofLatents.Images = TensorCodec.Encode(Encode(pixels), [2, 4, 4, 4]);
        ScoreResponse latents = await host.Client.ScoreAsync(ofLatents, cancellationToken: Cancellation);
        float[] held = TensorCodec.Decode(latents.Gradient);

        ScoreResponse answer = await host.Client.ScoreAsync(request, cancellationToken: Cancellation);

        float[] gradient = TensorCodec.Decode(answer.Gradient);
        Assert.Equal([2u, 3u, 8u, 8u], answer.Gradient.Shape);
        for (int k = 0; k < pixels.Length; k += 7)
        {
            double difference = (Loss(k, 1e-2f) - Loss(k, -1e-2f)) / 2e-2; // exact but for rounding: the encoder is quadratic
            Assert.Equal(difference, gradient[k], 1e-4);
        }

        float[] score = TensorCodec.Decode(answer.Score);
        Assert.All(Enumerable.Range(0, score.Length), k => Assert.Equal(gradient[k] / (k < 192 ? 2 : 0.5), score[k], 1e-5));
        Assert.Equal(TensorCodec.Decode(latents.Denoised), TensorCodec.Decode(answer.Denoised), (a, b) => MathF.Abs(a - b) < 1e-5f);

        double Loss(int k, float step)
        {
            float[] moved = [.. pixels];
            moved[k] += step;
            return Encode(moved).Zip(held, (a, b) => (double)a * b).Sum();
        }
    }

    [Fact]
    public async Task Score_EncodeImagesOfAPixelModel_IsFailedPrecondition()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([TinyPictures.Factory]);
        ScoreRequest request = Requests.Score(TinyPictures.Kind);
        request.EncodeImages = true;

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(request, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
    }

    [Fact]
    public async Task Score_EncodeImagesWithOtherFaults_NamesThem()
    {
        await using ScoreServerHost host = await ScoreServerHost.StartAsync([LatentDenoiser.Factory]);
        ScoreRequest request = PixelRequest();
        request.Sigmas[0] = 1000;

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.ScoreAsync(request, cancellationToken: Cancellation));

        Assert.Equal(["sigmas[0] must be in [0.1, 10], but is 1000."], Requests.Violations(error));
    }

    private static ScoreRequest PixelRequest() => new()
    {
        Model = LatentDenoiser.Kind,
        Images = Random([2, 3, 8, 8], 2),
        Sigmas = { 2, 0.5 },
        PerturbAndAverage = new PerturbAndAverageEstimator { Seed = 3, Draws = 2 },
        Outputs = new ScoreOutputs { Gradient = true, Score = true, Denoised = true },
        EncodeImages = true,
        Deterministic = true,
    };

    private static float[] Encode(float[] pixels)
    {
        float[] latents = new float[pixels.Length / 192 * 64];
        for (int i = 0; i < latents.Length; i++)
        {
            (int image, int channel, int row, int column) = (i / 64, i / 16 % 4, i / 4 % 4, i % 4);
            int[] channels = channel == 3 ? [0, 1, 2] : [channel];
            latents[i] = (float)channels.Average(c => Enumerable.Range(0, 4).Average(corner =>
            {
                double x = pixels[(image * 192) + (c * 64) + (((2 * row) + (corner / 2)) * 8) + (2 * column) + (corner % 2)];
                return x + (x * x / 4);
            }));
        }

        return latents;
    }

    private static Tensor Random(int[] shape, uint index)
    {
        float[] values = new float[shape.Aggregate(1, (product, extent) => product * extent)];
        new RandomKey(8, RandomStream.Pictures, 0, index).FillNormal(values);
        return TensorCodec.Encode(values, shape);
    }
}
