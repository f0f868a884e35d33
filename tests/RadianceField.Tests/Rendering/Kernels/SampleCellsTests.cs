using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Kernels;
using Sjc.RadianceField.Vectors;

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
            int steps = (int)Math.Min(rows[RayPackets.StepsInside], SampleCells.ChunkSteps);
            Assert.InRange(steps, 1, SampleCells.ChunkSteps);
            float[] free = Locate(rows, steps, scene.Field.Voxels.Layout);
            rows[RayPackets.StepsInside] = 0;
            Assert.Equal(free, Locate(rows, steps, scene.Field.Voxels.Layout));
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
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(packet => packets.Rows(packet)[RayPackets.StepsInside] == 0));
        GC.KeepAlive(packets);
    }

    private static RayPackets Fill(VoxelField field, RayBatch rays)
    {
        RayPackets packets = new();
        packets.Fill(field, rays, StepLength, 0, RayPackets.LongestSampleCount(rays, StepLength));
        return packets;
    }

    /// <summary>The first chunk's cells and fractions.</summary>
    private static float[] Locate(float* rows, int steps, in RecordLayout layout)
    {
        float[] memory = new float[SampleCells.Floats];
        fixed (float* pointer = memory)
        {
            new SampleCells(pointer).Locate<Lanes1>(rows, StepLength, layout, 0, steps);
        }

        return memory;
    }
}
