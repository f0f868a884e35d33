using System.Numerics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Tests.Rendering;

namespace Sjc.RadianceField.Tests.Fields;

public sealed class AlphaMaskTests
{
    private static readonly AxisAlignedBox Box = AxisAlignedBox.Cube(1);

    [Theory]
    [InlineData(5, 5)]
    [InlineData(5, 6)]
    [InlineData(5, 8)]
    [InlineData(5, 13)]
    [InlineData(4, 7)]
    public void Resample_LargerGrid_SkipsNothingThatWasNotSkippedBefore(int from, int to)
    {
        GridSize grid = GridSize.Cube(from);
        AlphaMask mask = Random(grid, 0.1f);
        AlphaMask resampled = mask.Resample(GridSize.Cube(to));

        // From the faces of the box inwards, on and between the centres of voxels.
        int skipped = 0;
        for (int i = 0; i < 20_000; i++)
        {
            float[] at = TestScene.Uniform((uint)(100 + i), 3, -1, 1);
            Vector3 position = i % 4 == 0 ? Snap(at, from) : i % 4 == 1 ? Snap(at, to) : new(at);
            bool before = mask.Sample(position) > 0;
            bool after = resampled.Sample(position) > 0;
            Assert.True(after || !before, $"{position} must not be skipped, as it was not before, but is.");
            skipped += after ? 0 : 1;
        }

        Assert.InRange(skipped, 1, 19_999);
    }

    [Fact]
    public void Resample_SameGrid_IsTheMask()
    {
        AlphaMask mask = Random(new GridSize(5, 4, 3), 0.5f);
        Assert.Equal(mask.Voxels, mask.Resample(mask.Grid).Voxels);
    }

    [Fact]
    public void FromVoxels_WrongLength_Throws() => Assert.Equal(
        "voxels must have 64 values, but has 63. (Parameter 'voxels')",
        Assert.Throws<ArgumentException>(() => AlphaMask.FromVoxels(GridSize.Cube(4), Box, new byte[63])).Message);

    [Fact]
    public void Mask_OfAnotherGrid_IsRefused()
    {
        VoxelField field = new(GridSize.Cube(4), Box, 1, ColorMode.Raw, -1, Background.Fixed([1]));
        AlphaMask mask = Random(new GridSize(5, 4, 4), 0.5f);
        Assert.Equal("Mask must have a grid of 4×4×4 voxels, but has 5×4×4.", Assert.Throws<ArgumentException>(() => field.Mask = mask).Message);
    }

    [Fact]
    public void FromField_ThresholdZero_HidesNothing()
    {
        VoxelField field = new TestScene(new GridSize(6, 5, 4), 1, ColorMode.Raw, 1).Field;
        Assert.Equal((int)field.Grid.VoxelCount, AlphaMask.FromField(field, 0).VisibleCount);
    }

    /// <summary>Each voxel set with a probability.</summary>
    internal static AlphaMask Random(GridSize grid, float part) => AlphaMask.FromVoxels(
        grid, Box, [.. TestScene.Uniform(77, (int)grid.VoxelCount, 0, 1).Select(value => value < part ? (byte)1 : (byte)0)]);

    private static Vector3 Snap(float[] at, int count) => new Vector3(Snap(at[0], count), Snap(at[1], count), Snap(at[2], count));

    private static float Snap(float at, int count) => ((((int)((at + 1) / 2 * count) + 0.5f) / count) * 2) - 1;
}
