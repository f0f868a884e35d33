using Sjc.RadianceField.Rendering;

namespace Sjc.RadianceField.Tests.Rendering;

/// <summary>A gradient against central differences of the loss in double precision.</summary>
internal static class CentralDifferences
{
    // A step of 1e-4 in double: truncation and rounding of the differences stay under 1e-6 of the loss's scale, float32 under 1e-4.
    private const double Step = 1e-4;
    private const double Tolerance = 3e-4;

    /// <summary>All parameters of the scene's field: density, features, background and the density's scale.</summary>
    public static void AssertMatch(TestScene scene, FieldGradient gradient)
    {
        float[] density = new float[scene.Field.Grid.VoxelCount];
        float[] features = new float[density.Length * scene.Field.Channels];
        gradient.Voxels.ExportDensity(density);
        gradient.Voxels.ExportFeatures(features);

        DoubleRenderer oracle = new(scene.Field);
        AssertMatch(scene, oracle, oracle.Density, density);
        AssertMatch(scene, oracle, oracle.Features, features);
        AssertMatch(scene, oracle, oracle.Texture, gradient.Background);
        oracle.Scale = scene.Field.DensityScale + Step;
        double above = oracle.Loss(scene);
        oracle.Scale = scene.Field.DensityScale - Step;
        Assert.Equal((above - oracle.Loss(scene)) / (2 * Step), gradient.DensityScale, Tolerance * 10);
    }

    private static void AssertMatch(TestScene scene, DoubleRenderer oracle, double[] parameters, ReadOnlySpan<float> gradient)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            double value = parameters[i];
            parameters[i] = value + Step;
            double above = oracle.Loss(scene);
            parameters[i] = value - Step;
            double below = oracle.Loss(scene);
            parameters[i] = value;
            Assert.Equal((above - below) / (2 * Step), gradient[i], Tolerance);
        }
    }
}
