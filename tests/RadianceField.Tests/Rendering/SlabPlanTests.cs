using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

public sealed class SlabPlanTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(7, 2)]
    [InlineData(33, 2)]
    [InlineData(100, 3)]
    public void Slab_EveryTurn_TakesEachPlaneOnce(int planes, int workers)
    {
        SlabPlan plan = Plan(new TestScene(new GridSize(9, 8, planes), 4, ColorMode.Raw, 200), workers);
        List<int> taken = [];
        for (int turn = 0; turn < plan.Count; turn++)
        {
            (int first, int end) = plan.Slab(turn);
            Assert.InRange(end - first, 1, plan.MostPlanes);
            taken.AddRange(Enumerable.Range(first, end - first));
        }

        Assert.Equal(Enumerable.Range(0, planes), taken.Order());
    }

    [Fact]
    public void Slab_OneWorker_TakesNeighboursAfterOneAnother()
    {
        SlabPlan plan = Plan(new TestScene(new GridSize(9, 8, 100), 4, ColorMode.Raw, 200), workers: 1);
        Assert.True(plan.Count > 2);
        Assert.All(Enumerable.Range(0, plan.Count), turn => Assert.Equal(turn * plan.Planes, plan.Slab(turn).First));
    }

    [Fact]
    public void Slab_RaysInTheLastPlanes_TakesThoseFirst()
    {
        // Sixteen rays along x, in plane 90 of 100: z = −1 + 2·90.5/100.
        const int Rays = 16;
        float[] origins = [.. Enumerable.Range(0, Rays).SelectMany(ray => new[] { -2f, (0.1f * ray) - 0.8f, 0.81f })];
        float[] directions = [.. Enumerable.Range(0, Rays).SelectMany(_ => new[] { 1f, 0f, 0f })];
        RayBatch rays = new(origins, directions, [.. Enumerable.Repeat(1f, Rays)], [.. Enumerable.Repeat(3f, Rays)]);
        SlabPlan plan = Plan(new TestScene(new GridSize(9, 8, 100), 4, ColorMode.Raw, Rays).Field, rays, workers: 2);
        (int first, int end) = plan.Slab(0);
        Assert.InRange(90, first, end - 1);
    }

    private static SlabPlan Plan(TestScene scene, int workers) => Plan(scene.Field, scene.Rays, workers);

    private static SlabPlan Plan(VoxelField field, RayBatch rays, int workers)
    {
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(field, rays, new RenderOptions(0.5f, 1e-4f), tape);
        SlabPlan plan = new();
        plan.Make(field.Voxels, [tape], workers);
        return plan;
    }
}
