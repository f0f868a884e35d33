using Sjc.Numerics;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Rendering.Cuda;

/// <summary>A small forward and backward pass on a device against the processor's: what is trusted with a run has agreed once.</summary>
internal sealed class CudaSelfCheck
{
    /// <summary>Greatest difference relative to the greatest value; float32 sums of the checked sizes agree to about a tenth of this.</summary>
    public const double Tolerance = 1e-4;

    private readonly VoxelField field;
    private readonly Camera camera;

    /// <summary>Without a threshold of weights: a sample near it may fall on either side by rounding, which moves its gradient by much.</summary>
    private readonly RenderOptions options = new(0.5f, 0, 0.3f);
    private readonly float[] imageGradient;
    private readonly float[] depthGradient;

    /// <summary>A seeded field and view.</summary>
    /// <param name="gridSize">Voxels along each side.</param>
    /// <param name="channels">Of the image.</param>
    /// <param name="imageSize">Pixels along each side.</param>
    /// <param name="isMasked">Hide four of five voxels by an alpha mask.</param>
    public CudaSelfCheck(int gridSize, int channels, int imageSize, bool isMasked = false)
    {
        ColorMode mode = channels == 3 ? ColorMode.SigmoidCentered : ColorMode.Raw;
        field = new(GridSize.Cube(gridSize), AxisAlignedBox.Cube(1), channels, mode, -1, Background.Texture(channels, 4, 4));
        field.Voxels.ImportDensity(Uniform(0, (int)field.Grid.VoxelCount, -3, 6));
        field.Voxels.ImportFeatures(Uniform(1, (int)field.Grid.VoxelCount * channels, -2, 2));
        if (isMasked)
        {
            field.Mask = AlphaMask.FromVoxels(field.Grid, field.Box, [.. Uniform(5, (int)field.Grid.VoxelCount, 0, 1).Select(value => value < 0.2f ? (byte)1 : (byte)0)]);
        }

        Uniform(2, field.Background.Values.Length, -1, 1).CopyTo(field.Background.Values);
        camera = Camera.Orbit(imageSize, imageSize, 50, 1.5, 30, 20);
        imageGradient = Uniform(3, channels * imageSize * imageSize, -1, 1);
        depthGradient = Uniform(4, imageSize * imageSize, -0.3f, 0.3f);
    }

    /// <summary>Greatest relative differences of image, depth and gradients to the processor's, by name.</summary>
    /// <param name="device">The check's own from now on.</param>
    /// <param name="deterministic">Gradients in fixed point.</param>
    public IReadOnlyList<(string Name, double Difference)> Differences(IKernelDevice device, bool deterministic)
    {
        using IKernelDevice held = device;
        RenderGradient gradient = new() { Image = imageGradient, Depth = depthGradient, EmptinessWeight = 3, EmptinessScale = 10 };
        using VoxelRenderer processor = new(1);
        RenderTape expected = new();
        processor.Forward(field, new RayBuffer().Fill(camera, field.Box), options, expected);
        double expectedLoss = processor.Backward(field, expected, gradient);
        FieldGradient expectedGradient = new(field);
        processor.Accumulate(field, [expected], expectedGradient);

        using CudaTrainingRenderer renderer = new(device, field, new AdamaxState(field), 1, deterministic);
        IViewTape actual = renderer.Forward(0, camera, options);
        double actualLoss = renderer.Backward(0, gradient);
        FieldGradient actualGradient = new(field);
        renderer.Accumulate(actualGradient);
        return
        [
            ("image", Difference(expected.Image, actual.Image)),
            ("depth", Difference(expected.Depth, actual.Depth)),
            ("transmittance", Difference(expected.Transmittance, actual.Transmittance)),
            ("emptiness loss", Math.Abs(actualLoss - expectedLoss) / expectedLoss),
            ("voxels' gradient", Difference(expectedGradient.Voxels.ToArray(), actualGradient.Voxels.ToArray())),
            ("background's gradient", Difference(expectedGradient.Background, actualGradient.Background)),
            ("density scale's gradient", Difference([expectedGradient.DensityScale], [actualGradient.DensityScale])),
        ];
    }

    /// <summary>Checks a device in both modes of gradients.</summary>
    /// <param name="open">Opens the device.</param>
    /// <returns>What is wrong; empty: nothing.</returns>
    public static string Run(Func<IKernelDevice> open)
    {
        try
        {
            IEnumerable<string> wrong = new[] { false, true }.SelectMany(deterministic => new CudaSelfCheck(12, 4, 16).Differences(open(), deterministic))
                .Where(found => !(found.Difference <= Tolerance))
                .Select(found => $"its {found.Name} is off by {found.Difference:G2}");
            return string.Join(", ", wrong.Distinct());
        }
        catch (Exception exception) when (exception is CudaException or DllNotFoundException or EntryPointNotFoundException or NotSupportedException)
        {
            return exception.Message;
        }
    }

    /// <summary>Relative to the greatest expected value; NaN where there is one.</summary>
    internal static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double greatest = 0;
        double difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            greatest = Math.Max(greatest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
        }

        return difference / greatest;
    }

    private static float[] Uniform(uint index, int count, float low, float high)
    {
        float[] values = new float[count];
        new RandomKey(7, RandomStream.View, 0, index).FillUniform(values);
        return [.. values.Select(value => low + ((high - low) * value))];
    }
}
