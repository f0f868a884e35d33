using Sjc.Numerics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Optimization;

/// <summary>The field that an optimisation starts from, a pure function of its options.</summary>
/// <remarks>As in the reference: density 0, an even fog of softplus(shift); normal features and background texture. Key
/// (seed, FieldInitialization, 0, tensor) with tensor 1 for features [c, z, y, x] and 2 for the texture [c, h, w].</remarks>
internal static class FieldInitialization
{
    private const uint FeatureTensor = 1;
    private const uint BackgroundTensor = 2;

    internal static VoxelField Create(SjcOptions options)
    {
        Background background = options.BackgroundColor is { } color
            ? Background.Fixed([.. color])
            : Background.Texture(options.Channels, options.BackgroundSize, options.BackgroundSize);
        VoxelField field = new(
            GridSize.Cube(options.GridSize), AxisAlignedBox.Cube((float)options.BoxHalfExtent), options.Channels, options.ColorMode, (float)options.DensityShift, background);
        float[] features = new float[field.Grid.VoxelCount * options.Channels];
        Fill(options, FeatureTensor, features);
        field.Voxels.ImportFeatures(features);
        if (background.IsTexture)
        {
            Fill(options, BackgroundTensor, background.Values);
        }

        return field;
    }

    private static void Fill(SjcOptions options, uint tensor, Span<float> values)
    {
        new RandomKey(options.Seed, RandomStream.FieldInitialization, Index: tensor).FillNormal(values);
        foreach (ref float value in values)
        {
            value *= (float)options.InitialFeatureScale;
        }
    }
}
