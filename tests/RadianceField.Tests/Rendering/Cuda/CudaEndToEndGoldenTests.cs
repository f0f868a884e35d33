using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering.Cuda;
using Sjc.RadianceField.Tests.Optimization;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>Whole golden runs with the kernels, built by g++, in the processor's renderer's place.</summary>
[Trait("Category", "Golden")]
public sealed class CudaEndToEndGoldenTests : EndToEndGoldenTests
{
    private protected override SjcOptimization Optimization(SjcOptions options, VoxelField field) =>
        new(options, field, new AdamaxState(field), 0, (held, state, views) => new CudaTrainingRenderer(new ShimDevice(), held, state, views, deterministic: false));
}
