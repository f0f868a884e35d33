using Google.Protobuf;
using Grpc.Core;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Field.V1;
using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.FieldOptimizer.Export;
using Sjc.FieldOptimizer.Jobs;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Rendering;

namespace Sjc.FieldOptimizer.Api;

/// <summary>RenderViews: pictures of a job's field from outside.</summary>
internal sealed class ViewRendering(JobFields fields, RenderSlots slots, FieldPictures pictures)
{
    private const int MaxViews = 512;
    private const uint DefaultSize = 256;
    private const double DefaultFovDegrees = 50;

    /// <summary>Renders view by view; all show the same state of the field.</summary>
    public async Task RunAsync(LiveJob job, RenderViewsRequest request, IServerStreamWriter<RenderViewsResponse> responses, CancellationToken cancellationToken)
    {
        Check(request);
        Model model = job.Now.Record.Model;
        double radius = request.Radius == 0 ? job.Now.Record.Spec.Camera.Radius : request.Radius;
        using SjcOptimization field = await slots.RunAsync(() => fields.Open(job), cancellationToken);
        for (int index = 0; index < request.Views.Count; index++)
        {
            OrbitView view = request.Views[index];
            int supersampling = (int)Choose(request.Supersampling, 1);
            Camera CameraOf(int height, int width) => Camera.Orbit(
                height, width, request.FovDegrees == 0 ? DefaultFovDegrees : request.FovDegrees, radius, view.AzimuthDegrees, view.ElevationDegrees);
            Camera camera = CameraOf((int)Choose(request.Height, DefaultSize), (int)Choose(request.Width, DefaultSize));
            RenderedView rendered = await slots.RunAsync(() => field.RenderView(camera, supersampling), cancellationToken);
            (byte[] png, string note) = await pictures.EncodeAsync(field, model, rendered, CameraOf, supersampling, cancellationToken);
            RenderViewsResponse response = ToResponse(rendered, png, request.IncludeTensors);
            response.Index = (uint)index;
            response.Note = note;
            await responses.WriteAsync(response, cancellationToken);
        }
    }

    private static void Check(RenderViewsRequest request)
    {
        FieldViolations violations = new();
        violations.Require(request.Views.Count is > 0 and <= MaxViews, "views", $"have 1 to {MaxViews} entries", request.Views.Count);
        violations.Require(request.Width is 0 or (>= 8 and <= 1024), "width", "be in [8, 1024], or 0", request.Width);
        violations.Require(request.Height is 0 or (>= 8 and <= 1024), "height", "be in [8, 1024], or 0", request.Height);
        violations.Require(request.FovDegrees is 0 or (>= 1 and <= 170), "fov_degrees", "be in [1, 170], or 0", request.FovDegrees);
        violations.Require(request.Radius is 0 or (>= 1e-3 and <= 1e4), "radius", "be in [0.001, 10000], or 0", request.Radius);
        violations.Require(request.Supersampling <= 4, "supersampling", "be in [1, 4], or 0", request.Supersampling);
        for (int i = 0; i < Math.Min(request.Views.Count, MaxViews); i++)
        {
            OrbitView view = request.Views[i];
            violations.Require(double.IsFinite(view.AzimuthDegrees), $"views[{i}].azimuth_degrees", "be finite", view.AzimuthDegrees);
            violations.Require(view.ElevationDegrees is >= -90 and <= 90, $"views[{i}].elevation_degrees", "be in [-90, 90]", view.ElevationDegrees);
        }

        violations.ThrowIfAny();
    }

    private static RenderViewsResponse ToResponse(RenderedView view, byte[] png, bool includeTensors)
    {
        RenderViewsResponse response = new()
        {
            Picture = ToPicture(png, view),
            DepthPicture = ToPicture(Pictures.EncodeDepth(view.Depth, view.Opacity, view.Height, view.Width), view),
        };
        if (includeTensors)
        {
            response.Image = TensorCodec.Encode(view.Image, [view.Channels, view.Height, view.Width]);
            response.Depth = TensorCodec.Encode(view.Depth, [view.Height, view.Width]);
            response.Opacity = TensorCodec.Encode(view.Opacity, [view.Height, view.Width]);
        }

        return response;
    }

    private static Picture ToPicture(byte[] png, RenderedView view) =>
        new() { Png = UnsafeByteOperations.UnsafeWrap(png), Width = (uint)view.Width, Height = (uint)view.Height };

    private static uint Choose(uint value, uint other) => value == 0 ? other : value;
}
