namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>The same with gradients in fixed point.</summary>
[Trait("Category", "Golden")]
public sealed class CudaDeterministicRenderGoldenTests : CudaRenderGoldenTests
{
    private protected override bool IsDeterministic => true;
}
