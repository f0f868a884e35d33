using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

/// <summary>Grids that are smaller than vectors, segments and slabs.</summary>
public sealed class SmallGridTests
{
    public static TheoryData<int, int, int> Grids => new()
    {
        { 1, 1, 1 },
        { 1, 2, 9 },
        { 2, 1, 33 },
        { 3, 3, 2 },
        { 8, 1, 1 },
        { 1, 9, 5 },
        { 5, 4, 8 },
    };

    [Theory]
    [MemberData(nameof(Grids))]
    public void Step_AnyChannelsThreadsAndVectors_GivesTheBitsOfOneThread(int x, int y, int z)
    {
        foreach ((int channels, ColorMode mode) in new[] { (1, ColorMode.Raw), (4, ColorMode.Raw), (5, ColorMode.Raw), (4, ColorMode.Sigmoid) })
        {
            foreach (bool isMasked in new[] { false, true })
            {
                float[] expected = Train(new GridSize(x, y, z), channels, mode, isMasked, 1, 1);
                Assert.All(expected, value => Assert.True(float.IsFinite(value)));
                Assert.Equal(expected, Train(new GridSize(x, y, z), channels, mode, isMasked, 1, 4));
                Assert.Equal(expected, Train(new GridSize(x, y, z), channels, mode, isMasked, 3, 8));
                Assert.Equal(expected, Train(new GridSize(x, y, z), channels, mode, isMasked, 2, 16));
            }
        }
    }

    private static float[] Train(GridSize grid, int channels, ColorMode mode, bool isMasked, int threads, int lanes)
    {
        TestScene scene = new(grid, channels, mode, 37);
        if (isMasked)
        {
            byte[] voxels = new byte[grid.VoxelCount];
            voxels[^1] = 1;
            scene.Field.Mask = AlphaMask.FromVoxels(grid, scene.Field.Box, voxels);
        }

        AdamaxState state = new(scene.Field);
        using VoxelRenderer renderer = new(threads, lanes);
        RenderTape tape = new();
        for (int i = 0; i < 3; i++)
        {
            renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
            renderer.Backward(scene.Field, tape, scene.Gradient);
            renderer.Step(scene.Field, [tape], state, AdamaxRates.Standard(0.1f));
        }

        RenderTape picture = RenderTape.ForImages();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, picture);
        return [.. picture.Image, .. scene.Field.Voxels.ToArray(), .. state.InfinityNorm.ToArray(), .. scene.Field.Background.Values, scene.Field.DensityScale];
    }
}
