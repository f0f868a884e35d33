using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Kernels;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Tests.Rendering.Kernels;

public sealed unsafe class PacketCornersTests
{
    private const float StepLength = 0.05f;

    [Fact]
    public void Between_TilesOfAPicture_HoldTheCellsOfTheirSamples()
    {
        VoxelField field = new(new GridSize(40, 30, 20), AxisAlignedBox.Cube(1), 4, ColorMode.Raw, 0, Background.Texture(4, 2, 2));
        Camera camera = Camera.Orbit(16, 16, 40, 0.3, 30, 20); // in the box, so that all rays begin at one place
        RayPackets packets = new();
        RayBatch rays = new RayBuffer().Fill(camera, field.Box);
        packets.Fill(field, rays, StepLength, 0, RayPackets.LongestSampleCount(rays, StepLength));
        for (int packet = 0; packet < packets.Count; packet++)
        {
            AssertHolds(packets.Rows(packet), field.Voxels.Layout);
        }

        GC.KeepAlive(packets);
    }

    /// <summary>Checks the first eight steps.</summary>
    private static void AssertHolds(float* rows, in RecordLayout layout)
    {
        const int Steps = 8;
        CellBox box = new PacketCorners(rows, StepLength, layout).Between(0, Steps - 1);
        float[] memory = new float[SampleCells.Floats];
        fixed (float* pointer = memory)
        {
            SampleCells cells = new(pointer);
            cells.Locate<Lanes1>(rows, StepLength, layout, 0, Steps);
            for (int sample = 0; sample < Steps * RayPackets.Width; sample++)
            {
                int cell = cells.Index[sample];
                Assert.InRange(cell % layout.PlanePitch % layout.RowPitch, box.Low[0], box.High[0] - 1);
                Assert.InRange(cell % layout.PlanePitch / layout.RowPitch, box.Low[1], box.High[1] - 1);
                Assert.InRange(cell / layout.PlanePitch, box.Low[2], box.High[2] - 1);
            }
        }
    }
}
