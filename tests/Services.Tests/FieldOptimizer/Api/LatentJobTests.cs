using Google.Protobuf.Collections;
using Grpc.Core;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.Services.Tests.FieldOptimizer.Jobs;
using SkiaSharp;

namespace Sjc.Services.Tests.FieldOptimizer.Api;

/// <summary>Jobs against a latent model, whose decoder paints every picture in one colour.</summary>
public sealed class LatentJobTests : OptimizerTestBase
{
    private static readonly SKColor Painted = new(255, 128, 0);

    [Fact]
    public async Task Job_LatentModel_OptimisesItsChannelsAndPreviewsDecoded()
    {
        Scorer.Behavior.Model = LatentModel();
        Scorer.Behavior.Decode = Paint;

        Job job = await Server.CreateAsync(Spec);
        List<WatchJobResponse> events = await Server.WatchAsync(job.Id, previews: true);

        Assert.Equal(JobState.Succeeded, events[^1].Job.State);
        Assert.Equal((ColorMode.Raw, 100.0), (job.Spec.Field.ColorMode, job.Spec.Score.GuidanceScale));
        Assert.Equal([1u, 4u, 8u, 8u], Scorer.Behavior.LastRequest!.Images.Shape);
        Assert.False(Scorer.Behavior.LastRequest.EncodeImages);
        Picture preview = events.Last(change => change.Preview is not null).Preview;
        Assert.Equal((16u, 16u), (preview.Width, preview.Height));
        AssertPainted(preview);
    }

    [Fact]
    public async Task RenderViews_LatentModel_AreDecodedInTheSizeAskedFor()
    {
        Job job = await EndedJobAsync(Paint);
        RepeatedField<uint> decoded = [];
        Scorer.Behavior.Decode = request =>
        {
            decoded = request.Latents.Shape;
            return Paint(request);
        };

        RenderViewsResponse view = await RenderAsync(job.Id);

        Assert.Equal([1u, 4u, 8u, 12u], decoded);
        Assert.Equal((30u, 20u, ""), (view.Picture.Width, view.Picture.Height, view.Note));
        Assert.Equal([4u, 20u, 30u], view.Image.Shape);
        AssertPainted(view.Picture);
    }

    [Fact]
    public async Task RenderViews_DecoderRefuses_AreApproximatedAndSaySo()
    {
        Job job = await EndedJobAsync(decode: null);

        RenderViewsResponse view = await RenderAsync(job.Id);

        Assert.Contains("linear approximation", view.Note, StringComparison.Ordinal);
        Assert.Contains("There is no autoencoder.", view.Note, StringComparison.Ordinal);
        using SKBitmap picture = SKBitmap.Decode(view.Picture.Png.ToByteArray());
        float[] latents = TensorCodec.Decode(view.Image);
        float red = (0.298f * latents[0]) + (0.187f * latents[600]) - (0.158f * latents[1200]) - (0.184f * latents[1800]);
        Assert.InRange(picture.GetPixel(0, 0).Red - (255 * (Math.Clamp(red, -1, 1) + 1) / 2), -0.51, 0.51);
    }

    [Fact]
    public async Task RenderViews_ModelWithoutAutoencoder_DoNotAskTheScorer()
    {
        Scorer.Behavior.Model = LatentModel();
        Scorer.Behavior.Model.PixelShape.Clear();
        Job job = await EndedJobAsync(_ => throw new InvalidOperationException("Nobody must ask."), Scorer.Behavior.Model);

        Assert.Contains("holds no autoencoder for latents", (await RenderAsync(job.Id)).Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportAsset_LatentModel_ColorsAreThoseOfDecodedPictures()
    {
        Job job = await EndedJobAsync(Paint);
        using MemoryStream file = new();
        using AsyncServerStreamingCall<ExportAssetResponse> call = Server.Client.ExportAsset(
            new ExportAssetRequest { Id = job.Id, Format = AssetFormat.Ply, DensityThreshold = 0.1 }, cancellationToken: Token);
        await foreach (ExportAssetResponse response in call.ResponseStream.ReadAllAsync(Token))
        {
            response.Chunk.WriteTo(file);
        }

        byte[] ply = file.ToArray();
        int start = ply.AsSpan().IndexOf("end_header\n"u8) + "end_header\n".Length;
        byte[] color = ply[(start + 24)..(start + 27)];

        // Whatever the latents are, decoded pictures are of one colour: the fit's constant, less the ridge's thousandth.
        Assert.Equal([Painted.Red, Painted.Green, Painted.Blue], color, (a, b) => Math.Abs(a - b) <= 2);
    }

    [Fact]
    public async Task Job_ThroughEncoder_SendsPicturesOfTheAutoencodersSize()
    {
        Scorer.Behavior.Model = LatentModel();
        JobSpec spec = Spec;
        spec.Score.ThroughEncoder = true;

        Job job = await Server.CreateAsync(spec);
        Job ended = await Server.EndOfAsync(job.Id);

        Assert.Equal((JobState.Succeeded, ""), (ended.State, ended.Error));
        Assert.True(Scorer.Behavior.LastRequest!.EncodeImages);
        Assert.Equal([1u, 3u, 16u, 16u], Scorer.Behavior.LastRequest.Images.Shape);
        Assert.Equal((ColorMode.SigmoidCentered, 100.0), (job.Spec.Field.ColorMode, job.Spec.Score.GuidanceScale));
        Assert.All(TensorCodec.Decode(Scorer.Behavior.LastRequest.Images), value => Assert.InRange(value, -1, 1));
    }

    [Fact]
    public async Task CreateJob_ThroughEncoderOfAPixelModel_IsInvalid()
    {
        JobSpec spec = Spec;
        spec.Score.ThroughEncoder = true;

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Server.CreateAsync(spec));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("spec.score.through_encoder must be unset for dots, which has no autoencoder, but is True.", error.Status.Detail);
    }

    private static Model LatentModel()
    {
        Model model = TestRecords.PixelModel();
        model.Name = "latents";
        model.DataSpace = DataSpace.Latent;
        model.DataShape.Clear();
        model.DataShape.Add([4, 8, 8]);
        model.PixelShape.Add([3, 16, 16]);
        return model;
    }

    private static DecodeLatentsResponse Paint(DecodeLatentsRequest request)
    {
        (int height, int width) = (2 * (int)request.Latents.Shape[2], 2 * (int)request.Latents.Shape[3]);
        float[] pixels = new float[3 * height * width];
        pixels.AsSpan(0, height * width).Fill(1);
        pixels.AsSpan(2 * height * width).Fill(-1);
        return new DecodeLatentsResponse { Images = TensorCodec.Encode(pixels, [1, 3, height, width]) };
    }

    private static void AssertPainted(Picture picture)
    {
        using SKBitmap bitmap = SKBitmap.Decode(picture.Png.ToByteArray());
        Assert.All(bitmap.Pixels, pixel => Assert.Equal(Painted, pixel));
    }

    private async Task<Job> EndedJobAsync(Func<DecodeLatentsRequest, DecodeLatentsResponse>? decode, Model? model = null)
    {
        Scorer.Behavior.Model = model ?? LatentModel();
        Scorer.Behavior.Decode = decode;
        JobSpec spec = Spec;
        spec.PreviewEvery = 0;
        return await Server.EndOfAsync((await Server.CreateAsync(spec)).Id);
    }

    private async Task<RenderViewsResponse> RenderAsync(string id)
    {
        RenderViewsRequest request = new() { Id = id, Width = 30, Height = 20, IncludeTensors = true, Views = { new OrbitView() } };
        using AsyncServerStreamingCall<RenderViewsResponse> call = Server.Client.RenderViews(request, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        return call.ResponseStream.Current;
    }
}
