using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Tests.Fields;

namespace Sjc.RadianceField.Tests.Rendering;

/// <summary>Renders that an alpha mask hides a part of.</summary>
public sealed class MaskedRenderTests
{
    [Theory]
    [InlineData(ColorMode.Raw, 4, true, 16)]
    [InlineData(ColorMode.SigmoidCentered, 3, false, 8)]
    [InlineData(ColorMode.Sigmoid, 1, true, 1)]
    public void Backward_MaskedScene_MatchesCentralDifferences(ColorMode mode, int channels, bool texture, int lanes)
    {
        TestScene scene = new(new GridSize(4, 3, 5), channels, mode, 12, texture) { Options = new(0.5f, 0, 0.3f) };
        scene.Field.Mask = AlphaMaskTests.Random(scene.Field.Grid, 0.15f);
        using VoxelRenderer renderer = new(1, lanes);
        CentralDifferences.AssertMatch(scene, scene.Differentiate(renderer).Gradient);
    }

    [Fact]
    public void Backward_MaskThatHidesEverything_HasNoGradientButTheBackgrounds()
    {
        TestScene scene = new(new GridSize(4, 3, 5), 3, ColorMode.Raw, 12);
        scene.Field.Mask = AlphaMask.FromVoxels(scene.Field.Grid, scene.Field.Box, new byte[60]);
        using VoxelRenderer renderer = new(1);
        (FieldGradient gradient, RenderTape tape) = scene.Differentiate(renderer);

        Assert.All(gradient.Voxels.ToArray(), value => Assert.Equal(0, value));
        Assert.Contains(gradient.Background.ToArray(), value => value != 0);
        Assert.All(tape.Transmittance.ToArray(), value => Assert.Equal(1, value));
        float[] weights = new float[tape.SampleCount * tape.RayCount];
        tape.ExportWeights(weights);
        Assert.All(weights, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Forward_TapeOfAnotherView_LeavesNothingInSkippedSamples()
    {
        TestScene scene = new(new GridSize(24, 20, 22), 4, ColorMode.Raw, 80);
        AlphaMask corner = Corner(scene.Field.Grid);
        using VoxelRenderer renderer = new(1);
        scene.Field.Mask = corner;
        (FieldGradient expected, _) = scene.Differentiate(renderer);

        // The same tape, full of an unmasked view's samples.
        RenderTape tape = new();
        scene.Field.Mask = null;
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        scene.Field.Mask = corner;
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        renderer.Backward(scene.Field, tape, scene.Gradient);
        FieldGradient actual = new(scene.Field);
        renderer.Accumulate(scene.Field, [tape], actual);

        Assert.Equal(expected.Voxels.ToArray(), actual.Voxels.ToArray());
        Assert.Contains(Enumerable.Range(0, tape.Packets.Count), packet => tape.LiveSteps(packet) < tape.Packets.Steps(packet));
    }

    [Fact]
    public void Render_MaskedFieldWithAndWithoutSkippingCells_HasTheSameBits()
    {
        VoxelField field = new TestScene(new GridSize(24, 20, 22), 3, ColorMode.SigmoidCentered, 1).Field;
        field.Mask = Corner(field.Grid);
        Camera camera = Camera.Orbit(96, 96, 50, 2, 30, 20);
        using VoxelRenderer voxels = new(2);
        RenderedView skipping = new ViewRenderer(voxels).Render(field, camera, new RenderOptions(0.5f, 0));
        RenderedView looking = new ViewRenderer(voxels) { SkipsEmptyCells = false }.Render(field, camera, new RenderOptions(0.5f, 0));

        Assert.Equal(looking.Image, skipping.Image);
        Assert.Equal(looking.Depth, skipping.Depth);
        Assert.InRange(skipping.Opacity.Max(), 0.5f, 1);
        field.Mask = null;
        Assert.NotEqual(looking.Image, new ViewRenderer(voxels).Render(field, camera, new RenderOptions(0.5f, 0)).Image);
    }

    /// <summary>An eighth of the grid.</summary>
    private static AlphaMask Corner(GridSize grid) => AlphaMask.FromVoxels(grid, AxisAlignedBox.Cube(1), [.. Enumerable.Range(0, (int)grid.VoxelCount).Select(i =>
        i % grid.X < grid.X / 2 && i / grid.X % grid.Y < grid.Y / 2 && i / grid.X / grid.Y < grid.Z / 2 ? (byte)1 : (byte)0)]);
}
