using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Tests.Rendering.Kernels;

public sealed unsafe class SampleCellsTests
{
    private const float StepLength = 0.05f;

    [Fact]
    public void Locate_RaysThatStayInTheGrid_HaveTheCellsOfClampedRays()
    {
        TestScene scene = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 48);
        RayPackets packets = Fill(scene.Field, scene.Rays);
        for (int packet = 0; packet < packets.Count; packet++)
        {
            float* rows = packets.Rows(packet);
            Assert.Equal(1, rows[RayPackets.Inside]);
            float[] free = Locate(rows, scene.Field.Voxels.Layout);
            rows[RayPackets.Inside] = 0;
            Assert.Equal(free, Locate(rows, scene.Field.Voxels.Layout));
        }

        GC.KeepAlive(packets);
    }

    [Fact]
    public void Fill_RayThatLeavesTheGrid_MarksItsPacket()
    {
        TestScene scene = new(new GridSize(9, 8, 7), 4, ColorMode.Raw, 48);
        float[] far = scene.Rays.Far.ToArray();
        far[20] += 0.4f;
        RayPackets packets = Fill(scene.Field, new RayBatch(scene.Rays.Origins, scene.Rays.Directions, scene.Rays.Near, far));
        Assert.Equal([1f, 0f, 1f], Enumerable.Range(0, 3).Select(packet => packets.Rows(packet)[RayPackets.Inside]));
        GC.KeepAlive(packets);
    }

    private static RayPackets Fill(VoxelField field, RayBatch rays)
    {
        RayPackets packets = new();
        packets.Fill(field, rays, StepLength, 0, RayPackets.LongestSampleCount(rays, StepLength));
        return packets;
    }

    /// <summary>The first chunk's cells and fractions.</summary>
    private static float[] Locate(float* rows, in RecordLayout layout)
    {
        float[] memory = new float[SampleCells.Floats];
        fixed (float* pointer = memory)
        {
            new SampleCells(pointer).Locate<Lanes1>(rows, StepLength, layout, 0, SampleCells.ChunkSteps);
        }

        return memory;
    }
}
