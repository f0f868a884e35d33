using Sjc.RadianceField.Rendering;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sjc.Benchmarks.Rendering;

/// <summary>The reference's renderer, operation by operation as its authors wrote it, with autograd and libtorch's Adamax.</summary>
/// <remarks>Like the reference it interpolates densities only where samples are inside the box, and features only where weights are
/// above the threshold.</remarks>
internal sealed class LibtorchRenderer : IDisposable
{
    private readonly Parameter density;
    private readonly Parameter features;
    private readonly Parameter background;
    private readonly Parameter densityScale;
    private readonly Tensor origins;
    private readonly Tensor directions;
    private readonly Tensor near;
    private readonly Tensor far;
    private readonly Tensor imageGradient;
    private readonly optim.Optimizer optimizer;
    private readonly float step;

    public LibtorchRenderer(RenderBenchmarkScene scene, double learningRate)
    {
        int side = scene.GridSide;
        step = 2f / side * RenderBenchmarkScene.StepRatio;
        const int Channels = RenderBenchmarkScene.Channels;
        const int Side = RenderBenchmarkScene.BackgroundSide;
        int rays = scene.Near.Length;
        density = new Parameter(tensor(scene.Density, [1, 1, side, side, side]));
        features = new Parameter(tensor(scene.Features, [1, Channels, side, side, side]));
        background = new Parameter(tensor(scene.Background, [1, Channels, Side, Side]));
        densityScale = new Parameter(zeros(1));
        origins = tensor(scene.Origins, [rays, 3]);
        directions = tensor(scene.Directions, [rays, 3]);
        near = tensor(scene.Near);
        far = tensor(scene.Far);
        imageGradient = tensor(scene.ImageGradient, [Channels, rays]).t().contiguous();
        optimizer = optim.Adamax([density, features, background, densityScale], learningRate);
    }

    /// <summary>[c, rays], of the last iteration.</summary>
    public float[] Image { get; private set; } = [];

    /// <summary>∂L/∂density, [z, y, x], of the last iteration.</summary>
    public float[] DensityGradient => density.grad!.data<float>().ToArray();

    /// <summary>∂L/∂features, [c, z, y, x], of the last iteration.</summary>
    public float[] FeatureGradient => features.grad!.data<float>().ToArray();

    /// <summary>∂L/∂background, [c, height, width], of the last iteration.</summary>
    public float[] BackgroundGradient => background.grad!.data<float>().ToArray();

    /// <summary>Forward and backward.</summary>
    public void Differentiate(bool keepImage)
    {
        using IDisposable scope = NewDisposeScope();
        optimizer.zero_grad();
        (Tensor image, Tensor weights) = Render();
        Tensor emptiness = (weights * RenderBenchmarkScene.EmptinessScale).add(1).log().mean() * RenderBenchmarkScene.EmptinessWeight;
        ((image * imageGradient).sum() + emptiness).backward();
        if (keepImage)
        {
            Image = image.detach().t().contiguous().data<float>().ToArray();
        }
    }

    /// <summary>One Adamax step.</summary>
    public void Step()
    {
        using IDisposable scope = NewDisposeScope();
        optimizer.step();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        Tensor[] tensors = [density, features, background, densityScale, origins, directions, near, far, imageGradient];
        foreach (Tensor tensor in tensors)
        {
            tensor.Dispose();
        }
    }

    private (Tensor Image, Tensor Weights) Render()
    {
        Tensor range = far - near;
        int samples = (int)(range.max().item<float>() / step) + 1;
        Tensor ticks = arange(samples, dtype: ScalarType.Float32).mul(step).unsqueeze(1);
        Tensor distances = near + ticks;
        Tensor points = origins + (directions * distances.unsqueeze(2));
        Tensor inside = ticks < range;

        Tensor raw = Sample(density, points[inside]).squeeze(1);
        Tensor active = nn.functional.softplus((raw * densityScale.exp()) + RenderBenchmarkScene.DensityShift);
        Tensor sigma = zeros_like(distances).masked_scatter(inside, active);

        Tensor alpha = 1 - exp(-sigma * step);
        Tensor through = cumprod(1 - alpha, 0);
        Tensor transmittance = cat([ones_like(through[..1]), through[..^1]], 0);
        Tensor weights = alpha * transmittance;

        Tensor visible = weights > RenderBenchmarkScene.WeightThreshold;
        Tensor colors = zeros(samples, near.shape[0], RenderBenchmarkScene.Channels).index_put_(Sample(features, points[visible]), TensorIndex.Tensor(visible));
        Tensor left = (1 - weights.sum(dim: 0)).unsqueeze(1);
        Tensor image = (weights.unsqueeze(2) * colors).sum(dim: 0) + (left * BackgroundColors());
        return (image, weights);
    }

    /// <summary>Trilinear interpolation with zeros outside, [points, c].</summary>
    private static Tensor Sample(Tensor grid, Tensor points) =>
        nn.functional.grid_sample(grid, points.view(1, 1, 1, -1, 3), align_corners: false).view(grid.shape[1], -1).t();

    /// <summary>[rays, c].</summary>
    private Tensor BackgroundColors()
    {
        (Tensor x, Tensor y, Tensor z) = (directions[.., 0], directions[.., 1], directions[.., 2]);
        Tensor u = (atan2(((x * x) + (y * y)).sqrt(), z) * (2 / Math.PI)) - 1;
        Tensor v = (2 * ((atan2(y, x) / (2 * Math.PI)) + 0.5)) - 1;
        Tensor map = stack([u, v], 1).view(1, 1, -1, 2);
        return nn.functional.grid_sample(background, map, align_corners: false).view(RenderBenchmarkScene.Channels, -1).t();
    }
}
