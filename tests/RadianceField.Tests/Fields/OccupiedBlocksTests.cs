using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Tests.Rendering;

namespace Sjc.RadianceField.Tests.Fields;

public sealed unsafe class OccupiedBlocksTests
{
    private static readonly GridSize Grid = new(20, 17, 31);

    [Theory]
    [InlineData(0, 0.9995f)]
    [InlineData(1, 0.9995f)]
    [InlineData(0, 0.999f)]
    public void AreEmpty_AnyBox_TellsWhetherItsBlocksHaveACell(byte empty, float emptyPart)
    {
        RecordLayout layout = new(Grid);
        byte[] cells = [.. TestScene.Uniform(40, (int)layout.RecordCount, 0, 1).Select(value => value < emptyPart ? empty : (byte)(1 - empty))];
        OccupiedBlocks blocks = Blocks(layout, cells, empty);
        int[] draws = [.. TestScene.Uniform(41, 6 * 400, 0, 1).Select(value => (int)(value * 1000))];
        int found = 0;
        for (int i = 0; i < draws.Length; i += 6)
        {
            (int x0, int x1) = Ordered(draws[i] % (Grid.X + 1), draws[i + 1] % (Grid.X + 1));
            (int y0, int y1) = Ordered(draws[i + 2] % (Grid.Y + 1), draws[i + 3] % (Grid.Y + 1));
            (int z0, int z1) = Ordered(draws[i + 4] % (Grid.Z + 1), draws[i + 5] % (Grid.Z + 1));
            bool isEmpty = blocks.AreEmpty(Vector128.Create(x0, y0, z0, 0), Vector128.Create(x1, y1, z1, 0));
            bool expected = true;
            for (int z = z0 / 8 * 8; z <= Math.Min(z1 | 7, Grid.Z); z++)
            {
                for (int y = y0 / 8 * 8; y <= Math.Min(y1 | 7, Grid.Y); y++)
                {
                    int row = (z * layout.PlanePitch) + (y * layout.RowPitch);
                    expected &= !cells.AsSpan((row + (x0 / 8 * 8))..(row + Math.Min(x1 | 7, Grid.X) + 1)).ContainsAnyExcept(empty);
                }
            }

            Assert.Equal(expected, isEmpty);
            found += isEmpty ? 1 : 0;
        }

        GC.KeepAlive(blocks);
        Assert.InRange(found, 1, 399);
    }

    [Fact]
    public void AreEmpty_MoreThan64Blocks_IsFalse()
    {
        RecordLayout layout = new(new GridSize(40, 40, 40));
        OccupiedBlocks blocks = Blocks(layout, new byte[layout.RecordCount], empty: 0);
        Assert.True(blocks.AreEmpty(Vector128<int>.Zero, Vector128.Create(31, 31, 31, 0)));
        Assert.False(blocks.AreEmpty(Vector128<int>.Zero, Vector128.Create(32, 31, 31, 0)));
        GC.KeepAlive(blocks);
    }

    private static OccupiedBlocks Blocks(in RecordLayout layout, byte[] cells, byte empty)
    {
        fixed (byte* pointer = cells)
        {
            return new OccupiedBlocks(layout, pointer, empty);
        }
    }

    private static (int Low, int High) Ordered(int a, int b) => (Math.Min(a, b), Math.Max(a, b));
}
