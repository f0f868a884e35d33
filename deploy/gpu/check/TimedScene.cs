using Sjc.Numerics;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Checkpoints;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.GpuCheck;

/// <summary>A run of the loop's renderer on a GPU, with gradients that a seed draws instead of a scorer.</summary>
internal sealed class TimedScene : IDisposable
{
    private readonly VoxelField field;
    private readonly TrainingViewDistribution views;
    private readonly float[] gradient;
    private readonly CudaTrainingRenderer renderer;
    private int iteration;

    /// <summary>A soft ball of 4 channels in an even fog.</summary>
    /// <param name="device">N of cuda:N.</param>
    /// <param name="gridSize">Voxels along each side.</param>
    /// <param name="imageSize">Pixels along each side.</param>
    /// <param name="deterministic">Gradients in fixed point.</param>
    public TimedScene(int device, int gridSize, int imageSize, bool deterministic)
    {
        const int Channels = 4;
        field = new(GridSize.Cube(gridSize), AxisAlignedBox.Cube(1), Channels, ColorMode.Raw, -1, Background.Texture(Channels, 4, 4));
        field.Voxels.ImportDensity(Ball(gridSize));
        field.Voxels.ImportFeatures(Uniform(1, (int)field.Grid.VoxelCount * Channels));
        views = new(imageSize, imageSize, 1.5, 40, 70, 100);
        gradient = Uniform(2, Channels * imageSize * imageSize);
        renderer = CudaTrainingRenderer.Open(device, field, new AdamaxState(field), 1, deterministic);
    }

    /// <summary>Floats of density and features.</summary>
    public long Parameters => renderer.Memory.Voxels.Length;

    /// <summary>Samples inside of the box at the last forward pass, and those of them that have a colour.</summary>
    public (long Active, long Visible) Samples { get; private set; }

    /// <summary>SHA-256 of a field after some deterministic steps.</summary>
    public static string Fingerprint(int device)
    {
        using TimedScene scene = new(device, 40, 48, deterministic: true);
        for (int i = 0; i < 5; i++)
        {
            scene.Iterate();
        }

        scene.renderer.ReadBack();
        return FieldFile.Sha256(scene.field);
    }

    /// <summary>One iteration; the step may still be at work when it returns.</summary>
    public void Iterate()
    {
        Forward();
        BackwardAndStep();
    }

    /// <summary>Renders the iteration's view and waits for its picture.</summary>
    public DeviceTape Forward() => Forward(NextCamera());

    /// <summary>What iterations in a steady state allocate, cameras aside: memory of the device or pinned, how often; bytes of the collected heap.</summary>
    public (int Device, long Managed) CountAllocations(int iterations)
    {
        Camera camera = NextCamera();
        int device = renderer.Allocations;
        long managed = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < iterations; i++)
        {
            Forward(camera);
            BackwardAndStep();
        }

        managed = GC.GetAllocatedBytesForCurrentThread() - managed;
        return (renderer.Allocations - device, managed);
    }

    /// <summary>Queues the adjoint and the step.</summary>
    public void BackwardAndStep()
    {
        renderer.Backward(0, new RenderGradient { Image = gradient, EmptinessWeight = 1, EmptinessScale = 10 });
        renderer.Step(AdamaxRates.Standard(1e-3f));
    }

    /// <summary>Takes the run over to a larger grid and waits for it.</summary>
    public void Grow(int gridSize)
    {
        renderer.Grow(GridSize.Cube(gridSize));
        renderer.Wait();
    }

    /// <summary>Waits for the GPU.</summary>
    public void Wait() => renderer.Wait();

    /// <summary>Counts the samples of a view.</summary>
    public void CountSamples()
    {
        DeviceTape tape = Forward();
        float[] weights = new float[tape.SampleCount * tape.RayCount];
        tape.ExportWeights(weights);
        Samples = (tape.ActiveSamples(), weights.LongCount(weight => weight > 1e-4f));
    }

    /// <inheritdoc/>
    public void Dispose() => renderer.Dispose();

    private Camera NextCamera()
    {
        RandomKey key = new(7, RandomStream.View, (uint)iteration++, 0);
        return views.At(key.UniformDouble(0), key.UniformDouble(1), key.UniformDouble(2)).Camera;
    }

    private DeviceTape Forward(Camera camera) => (DeviceTape)renderer.Forward(0, camera, new RenderOptions(0.5f, 1e-4f));

    internal static float[] Ball(int size)
    {
        float[] density = new float[size * size * size];
        for (int i = 0; i < density.Length; i++)
        {
            double x = (2.0 * (i % size) / (size - 1)) - 1;
            double y = (2.0 * (i / size % size) / (size - 1)) - 1;
            double z = (2.0 * (i / size / size) / (size - 1)) - 1;
            density[i] = (float)(10 * Math.Max(-0.3, 0.5 - Math.Sqrt((x * x) + (y * y) + (z * z))));
        }

        return density;
    }

    private static float[] Uniform(uint index, int count)
    {
        float[] values = new float[count];
        new RandomKey(7, RandomStream.View, 0, index).FillUniform(values);
        return [.. values.Select(value => value - 0.5f)];
    }
}
