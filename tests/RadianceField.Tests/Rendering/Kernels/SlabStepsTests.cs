using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Kernels;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Tests.Rendering.Kernels;

public sealed unsafe class SlabStepsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void Find_AnySlab_LeavesOutNoSampleThatTouchesIt(int planes)
    {
        TestScene scene = new(new GridSize(9, 8, 90), 4, ColorMode.Raw, 400, densityGain: 1);
        using VoxelRenderer renderer = new(1);
        RenderTape tape = new();
        renderer.Forward(scene.Field, scene.Rays, scene.Options, tape);
        RecordLayout layout = scene.Field.Voxels.Layout;
        (int touching, int spared) = (0, 0);
        for (int packet = 0; packet < tape.Packets.Count; packet++)
        {
            int[] cellPlanes = CellPlanes(tape, packet, layout);
            for (int first = 0; first < scene.Field.Grid.Z; first += planes)
            {
                int end = Math.Min(first + planes, scene.Field.Grid.Z);
                (int First, int End) found = SlabSteps.Find<Lanes512>(tape, packet, first, end);
                Assert.Equal(found, SlabSteps.Find<Lanes1>(tape, packet, first, end));
                for (int sample = 0; sample < cellPlanes.Length; sample++)
                {
                    int step = sample / RayPackets.Width;
                    bool touches = cellPlanes[sample] >= first && cellPlanes[sample] <= end;
                    bool isTaken = step >= found.First && step < found.End;
                    Assert.False(touches && !isTaken, $"step {step} of packet {packet} touches planes {first} to {end}, but only {found} are taken");
                    touching += touches ? 1 : 0;
                    spared += isTaken ? 0 : 1;
                }
            }
        }

        Assert.True(touching > 1000 && spared > 1000, $"{touching} samples touch a slab, {spared} are spared");
        GC.KeepAlive(tape);
    }

    /// <summary>The planes of live samples' cells, [steps, 16]; −1 where a ray has no sample.</summary>
    private static int[] CellPlanes(RenderTape tape, int packet, in RecordLayout layout)
    {
        float* rows = tape.Packets.Rows(packet);
        int[] found = new int[tape.LiveSteps(packet) * RayPackets.Width];
        float[] memory = new float[SampleCells.Floats];
        fixed (float* pointer = memory)
        {
            SampleCells cells = new(pointer);
            for (int sample = 0; sample < found.Length; sample++)
            {
                (int step, int lane) = (sample / RayPackets.Width, sample % RayPackets.Width);
                if (lane == 0)
                {
                    cells.Locate<Lanes1>(rows, tape.StepLength, layout, step, 1);
                }

                found[sample] = step < rows[RayPackets.SampleCount + lane] ? cells.Index[lane] / layout.PlanePitch : -1;
            }
        }

        return found;
    }
}
