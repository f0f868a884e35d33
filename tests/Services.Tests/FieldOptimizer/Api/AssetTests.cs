using System.Security.Cryptography;
using Grpc.Core;
using SharpGLTF.Schema2;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Tensors;
using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Checkpoints;
using SkiaSharp;

namespace Sjc.Services.Tests.FieldOptimizer.Api;

/// <summary>RenderViews and ExportAsset over loopback gRPC, of an ended and of a running job.</summary>
public sealed class AssetTests : OptimizerTestBase
{
    [Fact]
    public async Task RenderViews_EndedJob_GivesEachViewAsPictureAndTensors()
    {
        Job job = await EndedJobAsync();
        RenderViewsRequest request = new() { Id = job.Id, Width = 24, Height = 16, Supersampling = 2, IncludeTensors = true, Views = { new OrbitView(), new OrbitView { AzimuthDegrees = 90, ElevationDegrees = 30 } } };

        List<RenderViewsResponse> views = await RenderAsync(request);

        Assert.Equal([0u, 1u], views.Select(view => view.Index));
        Assert.All(views, view =>
        {
            using SKBitmap picture = SKBitmap.Decode(view.Picture.Png.ToByteArray());
            using SKBitmap depth = SKBitmap.Decode(view.DepthPicture.Png.ToByteArray());
            Assert.Equal((24, 16, 24, 16), (picture.Width, picture.Height, depth.Width, depth.Height));
            Assert.Equal([3u, 16u, 24u], view.Image.Shape);
            float red = TensorCodec.Decode(view.Image)[(5 * 24) + 7];
            Assert.InRange(picture.GetPixel(7, 5).Red - (255 * (red + 1) / 2), -0.51, 0.51);
            Assert.All(TensorCodec.Decode(view.Opacity), value => Assert.InRange(value, 0, 1));
        });
        Assert.NotEqual(views[0].Picture, views[1].Picture);
    }

    [Fact]
    public async Task RenderViews_RunningJob_ShowsItsFieldBetweenSteps()
    {
        TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Scorer.Behavior.Hold = number => number >= 4 ? held.Task : Task.CompletedTask;
        Job job = await Server.CreateAsync(SmallSurface);
        RenderViewsRequest request = new() { Id = job.Id, Width = 16, Height = 16, Views = { new OrbitView() } };
        await Server.WhenAsync(job.Id, now => now.Progress.Iteration == 3);
        RenderViewsResponse running = Assert.Single(await RenderAsync(request));

        Job paused = (await Server.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id }, cancellationToken: Token)).Job;

        Assert.Equal(3u, paused.CheckpointIteration);
        Assert.Equal(running, Assert.Single(await RenderAsync(request)));
    }

    [Fact]
    public async Task RenderViews_BadRequest_NamesEveryFault()
    {
        Job job = await EndedJobAsync();
        RenderViewsRequest request = new() { Id = job.Id, Width = 4, Supersampling = 9, Views = { new OrbitView { ElevationDegrees = 91, AzimuthDegrees = double.NaN } } };

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => RenderAsync(request));

        Google.Rpc.BadRequest details = exception.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!;
        Assert.Equal(["width", "supersampling", "views[0].azimuth_degrees", "views[0].elevation_degrees"], details.FieldViolations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task ExportAsset_Field_IsTheFieldOfTheRecordedHash()
    {
        Job job = await EndedJobAsync();

        using MemoryStream file = new(await ExportAsync(job.Id, AssetFormat.Field));

        Assert.Equal(job.FieldSha256, FieldFile.Sha256(FieldFile.Read(SafetensorsFile.Read(file))));
    }

    [Fact]
    public async Task ExportAsset_Glb_IsAValidModelWithColors()
    {
        Job job = await EndedJobAsync();

        ModelRoot model = ModelRoot.ParseGLB(await ExportAsync(job.Id, AssetFormat.Glb, LowDensity));

        MeshPrimitive primitive = Assert.Single(Assert.Single(model.LogicalMeshes).Primitives);
        int vertices = primitive.GetVertexAccessor("POSITION").Count;
        Assert.True(vertices > 0);
        Assert.Equal((vertices, vertices), (primitive.GetVertexAccessor("NORMAL").Count, primitive.GetVertexAccessor("COLOR_0").Count));
        Assert.All(primitive.GetIndices(), index => Assert.InRange(index, 0u, (uint)vertices - 1));
    }

    [Fact]
    public async Task ExportAsset_Ply_BeginsWithItsHeader()
    {
        Job job = await EndedJobAsync();

        byte[] file = await ExportAsync(job.Id, AssetFormat.Ply, LowDensity);

        Assert.Equal("ply\nformat binary_little_endian 1.0\n"u8, file.AsSpan(0, 36));
    }

    [Theory]
    [InlineData(AssetFormat.Unspecified, 0)]
    [InlineData(AssetFormat.Glb, -1)]
    [InlineData(AssetFormat.Ply, double.NaN)]
    public async Task ExportAsset_BadRequest_IsInvalid(AssetFormat format, double density)
    {
        Job job = await EndedJobAsync();

        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => ExportAsync(job.Id, format, density))).StatusCode);
    }

    // Below the start density softplus(-1) = 0.31 of the whole box: there is always a surface.
    private const double LowDensity = 0.1;

    private static JobSpec SmallSurface => new()
    {
        Prompt = "a red dot",
        Seed = 5,
        Iterations = 6,
        Field = new FieldSpec { GridSize = 24, RenderSize = 8 },
    };

    private async Task<Job> EndedJobAsync() => await Server.EndOfAsync((await Server.CreateAsync(SmallSurface)).Id);

    private async Task<List<RenderViewsResponse>> RenderAsync(RenderViewsRequest request)
    {
        List<RenderViewsResponse> views = [];
        using AsyncServerStreamingCall<RenderViewsResponse> call = Server.Client.RenderViews(request, cancellationToken: Token);
        await foreach (RenderViewsResponse view in call.ResponseStream.ReadAllAsync(Token))
        {
            views.Add(view);
        }

        return views;
    }

    private async Task<byte[]> ExportAsync(string id, AssetFormat format, double density = 0)
    {
        using MemoryStream file = new();
        using AsyncServerStreamingCall<ExportAssetResponse> call = Server.Client.ExportAsset(
            new ExportAssetRequest { Id = id, Format = format, DensityThreshold = density }, cancellationToken: Token);
        ExportAssetResponse last = new();
        await foreach (ExportAssetResponse response in call.ResponseStream.ReadAllAsync(Token))
        {
            Assert.InRange(response.Chunk.Length, 1, 64 * 1024);
            response.Chunk.WriteTo(file);
            last = response;
        }

        byte[] bytes = file.ToArray();
        Assert.Equal(((ulong)bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))), (last.TotalBytes, last.Sha256));
        return bytes;
    }
}
