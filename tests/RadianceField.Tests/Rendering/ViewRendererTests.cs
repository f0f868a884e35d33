using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

public sealed class ViewRendererTests
{
    [Theory]
    [InlineData(ColorMode.Raw, -30f, 1)]
    [InlineData(ColorMode.Sigmoid, -16f, 2)]
    [InlineData(ColorMode.SigmoidCentered, -12f, 1)]
    public void Render_WithEmptyCellsSkipped_GivesTheSameBits(ColorMode mode, float emptyDensity, int supersampling)
    {
        VoxelField field = BallIn(emptyDensity, mode);
        Camera camera = Camera.Orbit(128 / supersampling, 128 / supersampling, 50, 2, 30, 20);
        using ViewRenderer skipping = new(1);
        using ViewRenderer looking = new(2) { SkipsEmptyCells = false };
        RenderOptions options = new(0.5f, 1e-4f);
        RenderedView fast = skipping.Render(field, camera, options, supersampling);
        RenderedView slow = looking.Render(field, camera, options, supersampling);
        Assert.Equal(slow.Image, fast.Image);
        Assert.Equal(slow.Depth, fast.Depth);
        Assert.Equal(slow.Opacity, fast.Opacity);
        Assert.Contains(fast.Opacity, opacity => opacity > 0.9f);
    }

    [Theory]
    [InlineData(-30f, true)]
    [InlineData(-12f, false)] // softplus(-13)·δ = 5e-8: a weight of one unit of float32
    public void EmptyCells_OfVoxelsBelowTheLeastOpacity_AreMarked(float emptyDensity, bool areEmpty)
    {
        VoxelField field = BallIn(emptyDensity, ColorMode.Raw);
        Assert.Equal(areEmpty, new EmptyCells(field, 0.5f * field.MeanVoxelLength).Count > 1000);
    }

    private static VoxelField BallIn(float emptyDensity, ColorMode mode)
    {
        const int Side = 24;
        VoxelField field = new(GridSize.Cube(Side), AxisAlignedBox.Cube(1), 3, mode, -1, Background.Fixed([0.2f, 0.4f, 0.6f]));
        float[] density = new float[Side * Side * Side];
        for (int i = 0; i < density.Length; i++)
        {
            System.Numerics.Vector3 voxel = new(i % Side, i / Side % Side, i / Side / Side);
            density[i] = ((2 * voxel) + new System.Numerics.Vector3(1 - Side)).Length() / Side < 0.5f ? 30 : emptyDensity;
        }

        field.Voxels.ImportDensity(density);
        field.Voxels.ImportFeatures(TestScene.Uniform(2, 3 * density.Length, -2, 2));
        return field;
    }
}
