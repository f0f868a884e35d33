namespace Sjc.RadianceField.Fields;

/// <summary>A field on a grid of another size.</summary>
public static class FieldResampling
{
    /// <summary>Density and features resampled trilinearly; copies of background and density scale.</summary>
    /// <param name="field">Left unchanged.</param>
    /// <param name="grid">The new size.</param>
    public static VoxelField Resample(VoxelField field, GridSize grid)
    {
        VoxelField resampled = new(grid, field.Box, field.Channels, field.ColorMode, field.DensityShift, Copy(field.Background)) { DensityScale = field.DensityScale };
        (int, int, int) from = (field.Grid.Z, field.Grid.Y, field.Grid.X);
        (int, int, int) to = (grid.Z, grid.Y, grid.X);
        float[] values = new float[field.Grid.VoxelCount * field.Channels];
        Span<float> density = values.AsSpan(0, (int)field.Grid.VoxelCount);
        field.Voxels.ExportDensity(density);
        resampled.Voxels.ImportDensity(TrilinearResampling.Resample(density, 1, from, to));
        field.Voxels.ExportFeatures(values);
        resampled.Voxels.ImportFeatures(TrilinearResampling.Resample(values, field.Channels, from, to));
        return resampled;
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
