using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering;

/// <summary>Reused buffers for the rays of a camera, in the order of its pixels.</summary>
/// <remarks>Computed in double and rounded to float32, as in the reference.</remarks>
public sealed class RayBuffer
{
    private double[] directions = [];
    private double[] near = [];
    private double[] far = [];
    private float[] origins = [];
    private float[] unitDirections = [];
    private float[] nearest = [];
    private float[] farthest = [];

    /// <summary>The rays of a camera through a box.</summary>
    /// <param name="camera">Its eye may be inside the box.</param>
    /// <param name="box">The field's.</param>
    /// <returns>[h·w]; valid until the next call.</returns>
    public RayBatch Fill(Camera camera, AxisAlignedBox box) => Fill(camera, box, 1, 0, camera.Height);

    /// <summary>The rays of a band of a camera's rows, several for every pixel.</summary>
    /// <param name="camera">Its eye may be inside the box.</param>
    /// <param name="box">The field's.</param>
    /// <param name="subPixels">f, rays along each side of a pixel.</param>
    /// <param name="firstRow">Of the band, pixels.</param>
    /// <param name="rows">Of the band, pixels.</param>
    /// <returns>[rows·f, w·f]; valid until the next call.</returns>
    public RayBatch Fill(Camera camera, AxisAlignedBox box, int subPixels, int firstRow, int rows)
    {
        Camera band = camera with
        {
            Height = rows,
            Intrinsics = camera.Intrinsics with { CenterY = camera.Intrinsics.CenterY - firstRow },
        };
        int rays = rows * subPixels * camera.Width * subPixels;
        Reserve(rays);
        CameraRays.FillDirections(band, subPixels, directions.AsSpan(0, 3 * rays));
        RayBox.IntersectClipped(
            camera.Pose.Eye, directions.AsSpan(0, 3 * rays), Corner(box.Min), Corner(box.Max), near.AsSpan(0, rays), far.AsSpan(0, rays));
        Round(camera.Pose.Eye, rays);
        return new RayBatch(
            origins.AsSpan(0, 3 * rays), unitDirections.AsSpan(0, 3 * rays), nearest.AsSpan(0, rays), farthest.AsSpan(0, rays), subPixels * camera.Width);
    }

    private static Vector3D Corner(System.Numerics.Vector3 corner) => new(corner.X, corner.Y, corner.Z);

    private void Reserve(int rays)
    {
        if (near.Length >= rays)
        {
            return;
        }

        directions = new double[3 * rays];
        near = new double[rays];
        far = new double[rays];
        origins = new float[3 * rays];
        unitDirections = new float[3 * rays];
        nearest = new float[rays];
        farthest = new float[rays];
    }

    private void Round(Vector3D eye, int rays)
    {
        for (int ray = 0; ray < rays; ray++)
        {
            origins[3 * ray] = (float)eye.X;
            origins[(3 * ray) + 1] = (float)eye.Y;
            origins[(3 * ray) + 2] = (float)eye.Z;
            nearest[ray] = (float)near[ray];
            farthest[ray] = (float)far[ray];
        }

        for (int i = 0; i < 3 * rays; i++)
        {
            unitDirections[i] = (float)directions[i];
        }
    }
}
