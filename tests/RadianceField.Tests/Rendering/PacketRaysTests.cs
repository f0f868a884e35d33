using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

public sealed class PacketRaysTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(35, 0)]
    [InlineData(64, 8)]   // whole tiles
    [InlineData(42, 7)]   // tiles that stand out at both sides
    [InlineData(21, 7)]   // fewer rows than a tile has
    [InlineData(30, 3)]   // rows shorter than a tile
    public void Arrange_AnyPicture_GivesEachRayOneLane(int count, int rowLength)
    {
        PacketRays packets = new();
        packets.Arrange(100, 10);
        packets.Arrange(count, rowLength);
        IEnumerable<int> rays = Enumerable.Range(0, packets.Count).SelectMany(packet => packets.Of(packet).ToArray()).Where(ray => ray >= 0);
        Assert.Equal(Enumerable.Range(0, count), rays.Order());
    }

    [Fact]
    public void Arrange_Picture_MakesTiles()
    {
        PacketRays packets = new();
        packets.Arrange(64, 8);
        Assert.Equal(4, packets.Count);
        Assert.All(packets.Of(1).ToArray(), ray => Assert.True(ray % 8 >= 4 && ray / 8 < 4));
    }

    [Fact]
    public void Forward_RaysOfAPicture_HaveTheBitsOfLooseRays()
    {
        TestScene scene = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 42);
        using VoxelRenderer renderer = new(1);
        (RenderTape loose, RenderTape tiled) = (new(), new());
        renderer.Forward(scene.Field, scene.Rays, scene.Options, loose);
        renderer.Forward(scene.Field, Tiled(scene.Rays, 7), scene.Options, tiled);
        Assert.Equal(loose.Image, tiled.Image);
        Assert.Equal(loose.Depth, tiled.Depth);
        Assert.Equal(Weights(loose), Weights(tiled));
    }

    [Fact]
    public void Accumulate_RaysOfAPicture_GivesTheGradientOfLooseRays()
    {
        TestScene scene = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 42);
        float[] loose = Gradient(scene, 0);
        float[] tiled = Gradient(scene, 7);
        for (int i = 0; i < loose.Length; i++)
        {
            // The same terms in another order.
            Assert.Equal(loose[i], tiled[i], 1e-5f);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void RayBatch_RowsThatAreNotWhole_SaysSo(int rowLength)
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new RayBatch(new float[36], new float[36], new float[12], new float[12], rowLength));
        Assert.StartsWith($"rowLength must be 0 or divide the 12 rays, but is {rowLength}.", thrown.Message, StringComparison.Ordinal);
    }

    private static RayBatch Tiled(RayBatch rays, int rowLength) => new(rays.Origins, rays.Directions, rays.Near, rays.Far, rowLength);

    private static float[] Weights(RenderTape tape)
    {
        float[] weights = new float[tape.SampleCount * tape.RayCount];
        tape.ExportWeights(weights);
        return weights;
    }

    private static float[] Gradient(TestScene scene, int rowLength)
    {
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(scene.Field, Tiled(scene.Rays, rowLength), scene.Options, tape);
        renderer.Backward(scene.Field, tape, scene.Gradient);
        FieldGradient gradient = new(scene.Field);
        renderer.Accumulate(scene.Field, [tape], gradient);
        return gradient.Voxels.ToArray();
    }
}
