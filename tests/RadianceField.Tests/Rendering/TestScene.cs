using Sjc.Numerics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

/// <summary>A seeded field and rays from random points outside its box through it; some miss.</summary>
internal sealed class TestScene
{
    private readonly float[] origins;
    private readonly float[] directions;
    private readonly float[] near;
    private readonly float[] far;

    public TestScene(GridSize grid, int channels, ColorMode mode, int rays, bool texture = true, float densityGain = 6)
    {
        Field = new VoxelField(grid, AxisAlignedBox.Cube(1), channels, mode, -1, texture ? Background.Texture(channels, 4, 5) : Background.Fixed(Uniform(9, channels, 0, 1)))
        {
            DensityScale = 0.2f,
        };
        int voxels = (int)grid.VoxelCount;
        Field.Voxels.ImportDensity(Uniform(1, voxels, -densityGain / 2, densityGain));
        Field.Voxels.ImportFeatures(Uniform(2, voxels * channels, -2, 2));
        if (texture)
        {
            Uniform(3, Field.Background.Values.Length, -1, 1).CopyTo(Field.Background.Values);
        }

        origins = new float[3 * rays];
        directions = new float[3 * rays];
        near = new float[rays];
        far = new float[rays];
        AimRays(Uniform(4, 6 * rays, -1, 1));
        ImageGradient = Uniform(5, channels * rays, -1, 1);
        DepthGradient = Uniform(6, rays, -0.3f, 0.3f);
    }

    public VoxelField Field { get; }

    public RenderOptions Options { get; init; } = new(0.5f, 1e-4f, 0.3f);

    public int RayCount => near.Length;

    public RayBatch Rays => new(origins, directions, near, far);

    public float[] ImageGradient { get; }

    public float[] DepthGradient { get; }

    public float EmptinessWeight { get; init; } = 3;

    public RenderGradient Gradient => new() { Image = ImageGradient, Depth = DepthGradient, EmptinessWeight = EmptinessWeight, EmptinessScale = 10 };

    /// <summary>So dense that no ray sees through it.</summary>
    public static TestScene Opaque() => new(new GridSize(40, 12, 14), 4, ColorMode.Raw, 48, densityGain: 4000);

    /// <summary>The field's gradient by <see cref="Gradient"/>, and the tape that it was read from.</summary>
    public (FieldGradient Gradient, RenderTape Tape) Differentiate(VoxelRenderer renderer)
    {
        RenderTape tape = new();
        renderer.Forward(Field, Rays, Options, tape);
        renderer.Backward(Field, tape, Gradient);
        FieldGradient gradient = new(Field);
        renderer.Accumulate(Field, [tape], gradient);
        return (gradient, tape);
    }

    /// <summary>Uniform variates in [low, high) of a purpose.</summary>
    public static float[] Uniform(uint purpose, int count, float low, float high)
    {
        float[] values = new float[count];
        new RandomKey(7, RandomStream.View, 0, purpose).FillUniform(values);
        return [.. values.Select(value => low + ((high - low) * value))];
    }

    private void AimRays(float[] draws)
    {
        for (int ray = 0; ray < near.Length; ray++)
        {
            ReadOnlySpan<float> draw = draws.AsSpan(6 * ray, 6);
            float length = 0;
            for (int axis = 0; axis < 3; axis++)
            {
                origins[(3 * ray) + axis] = axis == ray % 3 ? 2.5f : 1.5f * draw[axis];
                directions[(3 * ray) + axis] = (0.8f * draw[3 + axis]) - origins[(3 * ray) + axis];
                length += directions[(3 * ray) + axis] * directions[(3 * ray) + axis];
            }

            (float enter, float leave) = (0, float.PositiveInfinity);
            for (int axis = 0; axis < 3; axis++)
            {
                ref float direction = ref directions[(3 * ray) + axis];
                direction /= MathF.Sqrt(length);
                float a = (-1 - origins[(3 * ray) + axis]) / direction;
                float b = (1 - origins[(3 * ray) + axis]) / direction;
                (enter, leave) = (MathF.Max(enter, MathF.Min(a, b)), MathF.Min(leave, MathF.Max(a, b)));
            }

            (near[ray], far[ray]) = (enter, MathF.Max(leave, 0));
        }
    }
}
