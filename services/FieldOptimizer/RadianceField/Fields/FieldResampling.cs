namespace Sjc.RadianceField.Fields;

/// <summary>A field on a grid of another size.</summary>
public static class FieldResampling
{
    /// <summary>Density and features resampled trilinearly, the mask as <see cref="AlphaMask.Resample"/> does; copies of background and density scale.</summary>
    /// <param name="field">Left unchanged.</param>
    /// <param name="grid">The new size.</param>
    public static VoxelField Resample(VoxelField field, GridSize grid)
    {
        VoxelField resampled = Empty(field, grid);
        resampled.Mask = field.Mask?.Resample(grid);
        Resample(field.Voxels, resampled.Voxels);
        return resampled;
    }

    /// <summary>A field whose voxels are zeros and that has no mask, with copies of background and density scale.</summary>
    internal static VoxelField Empty(VoxelField field, GridSize grid) =>
        new(grid, field.Box, field.Channels, field.ColorMode, field.DensityShift, Copy(field.Background)) { DensityScale = field.DensityScale };

    /// <summary>Density and features, each trilinearly, of as many channels.</summary>
    internal static void Resample(VoxelRecords source, VoxelRecords target)
    {
        (int, int, int) from = (source.Grid.Z, source.Grid.Y, source.Grid.X);
        (int, int, int) to = (target.Grid.Z, target.Grid.Y, target.Grid.X);
        float[] values = new float[source.Grid.VoxelCount * source.Channels];
        Span<float> density = values.AsSpan(0, (int)source.Grid.VoxelCount);
        source.ExportDensity(density);
        target.ImportDensity(TrilinearResampling.Resample(density, 1, from, to));
        source.ExportFeatures(values);
        target.ImportFeatures(TrilinearResampling.Resample(values, source.Channels, from, to));
    }

    private static Background Copy(Background background)
    {
        if (!background.IsTexture)
        {
            return Background.Fixed(background.Values);
        }

        Background copy = Background.Texture(background.Channels, background.Height, background.Width);
        background.Values.CopyTo(copy.Values);
        return copy;
    }
}
