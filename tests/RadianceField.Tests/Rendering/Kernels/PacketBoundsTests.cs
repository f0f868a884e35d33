using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Kernels;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Tests.Rendering.Kernels;

public sealed unsafe class PacketBoundsTests
{
    private const float StepLength = 0.03f;
    private const int Chunk = SampleCells.ChunkSteps;

    [Fact]
    public void AreEmpty_RaysThroughAHalfWithSetVoxels_HidesNoSample()
    {
        TestScene scene = new(new GridSize(40, 30, 20), 4, ColorMode.Raw, 320);
        byte[] set = [.. TestScene.Uniform(42, (int)scene.Field.Grid.VoxelCount, 0, 1).Select((value, voxel) => voxel % 40 < 20 && value < 0.02f ? (byte)1 : (byte)0)];
        MaskCells mask = new(scene.Field.Grid, set);
        RecordLayout layout = scene.Field.Voxels.Layout;
        RayPackets packets = new();

        // The rays of a random scene lie too far apart for blocks: sixteen times the same one, a little shifted.
        float[] origins = [.. Enumerable.Range(0, 320).SelectMany(ray => Shifted(scene.Rays.Origins, ray))];
        float[] directions = [.. Enumerable.Range(0, 320).SelectMany(ray => scene.Rays.Directions.Slice(3 * (ray / 16), 3).ToArray())];
        float[] near = [.. Enumerable.Range(0, 320).Select(_ => 0f)];
        float[] far = [.. Enumerable.Range(0, 320).Select(_ => 5f)];
        RayBatch rays = new(origins, directions, near, far);
        packets.Fill(scene.Field, rays, StepLength, 0, RayPackets.LongestSampleCount(rays, StepLength));
        float[] memory = new float[SampleCells.Floats + SampleCells.ChunkSamples];
        (int empty, int occupied) = (0, 0);
        fixed (float* pointer = memory)
        {
            SampleCells cells = new(pointer);
            for (int packet = 0; packet < packets.Count; packet++)
            {
                float* rows = packets.Rows(packet);
                for (int step = 0; step + Chunk <= packets.Steps(packet); step += Chunk)
                {
                    bool[] answers =
                    [
                        PacketBounds.AreEmpty<Lanes1>(mask.Blocks, rows, StepLength, layout, step, step + Chunk - 1),
                        PacketBounds.AreEmpty<Lanes128>(mask.Blocks, rows, StepLength, layout, step, step + Chunk - 1),
                        PacketBounds.AreEmpty<Lanes512>(mask.Blocks, rows, StepLength, layout, step, step + Chunk - 1),
                    ];
                    cells.Locate<Lanes1>(rows, StepLength, layout, step, Chunk);
                    bool isAnySet = AlphaMaskSampling.Mark(mask, cells, SampleCells.ChunkSamples, pointer + SampleCells.Floats);
                    Assert.Single(answers.Distinct());
                    Assert.False(answers[0] && isAnySet);
                    empty += answers[0] ? 1 : 0;
                    occupied += isAnySet ? 1 : 0;
                }
            }
        }

        Assert.True(empty > 10 && occupied > 10, $"{empty} stretches were empty and {occupied} occupied");
        GC.KeepAlive(packets);
        GC.KeepAlive(mask);
    }

    private static float[] Shifted(ReadOnlySpan<float> origins, int ray)
    {
        ReadOnlySpan<float> origin = origins.Slice(3 * (ray / 16), 3);
        return [origin[0] + (0.01f * (ray % 4)), origin[1] + (0.01f * (ray / 4 % 4)), origin[2]];
    }
}
