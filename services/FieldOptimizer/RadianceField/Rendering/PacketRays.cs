namespace Sjc.RadianceField.Rendering;

/// <summary>Which rays a packet holds: tiles of 4×4 pixels where the rays are a picture's, sixteen in a row where they are not.</summary>
/// <remarks>The rays of a tile read and write the same cells, and reach a slab of the grid at about the same step: of 100³ voxels and 64×64
/// pixels a row of sixteen takes 1.9 times its steps in six slabs, a tile 1.4 times.</remarks>
internal sealed class PacketRays
{
    private const int Width = RayPackets.Width;
    private const int TileSide = 4;

    private int[] rays = [];
    private int rayCount = -1;
    private int rowLength = -1;

    /// <summary>Packets.</summary>
    public int Count { get; private set; }

    /// <summary>The ray of each lane of a packet; −1 where nothing but filling is.</summary>
    public ReadOnlySpan<int> Of(int packet) => rays.AsSpan(packet * Width, Width);

    /// <summary>Distributes rays.</summary>
    /// <param name="count">How many.</param>
    /// <param name="row">Rays in a row of the picture; 0: no picture.</param>
    public void Arrange(int count, int row)
    {
        if (count == rayCount && row == rowLength)
        {
            return;
        }

        (rayCount, rowLength) = (count, row);
        bool tiled = row >= TileSide && count >= TileSide * row;
        (int tilesX, int tilesY) = tiled ? (TilesOf(row), TilesOf(count / row)) : ((count + Width - 1) / Width, 1);
        Count = tilesX * tilesY;
        if (rays.Length < Count * Width)
        {
            rays = new int[Count * Width];
        }

        for (int i = 0; i < Count * Width; i++)
        {
            (int packet, int lane) = (i / Width, i % Width);
            rays[i] = tiled ? Tiled(packet % tilesX * TileSide, packet / tilesX * TileSide, lane) : Consecutive(packet, lane);
        }
    }

    private static int TilesOf(int pixels) => (pixels + TileSide - 1) / TileSide;

    /// <summary>Neighbours in the picture, whose cells share corners, are four lanes apart, so that what one adds to a corner is stored
    /// before the next one adds to it.</summary>
    private int Tiled(int column, int row, int lane)
    {
        (int quad, int place) = (lane / 4, lane % 4);
        column += (2 * (place % 2)) + (quad % 2);
        row += (2 * (place / 2)) + (quad / 2);
        return column < rowLength && row < rayCount / rowLength ? (row * rowLength) + column : -1;
    }

    /// <summary>As <see cref="Tiled"/>, in one dimension.</summary>
    private int Consecutive(int packet, int lane)
    {
        int ray = (packet * Width) + (lane % 4 * 4) + (lane / 4);
        return ray < rayCount ? ray : -1;
    }
}
