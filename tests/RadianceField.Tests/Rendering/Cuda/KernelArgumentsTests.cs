using System.Runtime.CompilerServices;
using Sjc.RadianceField.Rendering.Cuda;

namespace Sjc.RadianceField.Tests.Rendering.Cuda;

/// <summary>What C# hands to the kernels against the structures of their sources.</summary>
public sealed class KernelArgumentsTests
{
    [Theory]
    [InlineData("SjcField", typeof(FieldArguments))]
    [InlineData("SjcTape", typeof(TapeArguments))]
    [InlineData("SjcGradient", typeof(GradientArguments))]
    [InlineData("SjcView", typeof(ViewArguments))]
    [InlineData("SjcCamera", typeof(CameraArguments))]
    [InlineData("SjcSum", typeof(SumArguments))]
    [InlineData("SjcVoxelStep", typeof(VoxelStepArguments))]
    [InlineData("SjcSmallStep", typeof(SmallStepArguments))]
    [InlineData("SjcAlpha", typeof(AlphaArguments))]
    [InlineData("SjcResample", typeof(ResampleArguments))]
    [InlineData("SjcPoints", typeof(PointsArguments))]
    public void Arguments_OfKernels_HaveTheSourcesSizes(string structure, Type mirror)
    {
        int expected = ShimLibrary.SizeOf(structure);
        int actual = (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(mirror).Invoke(null, null)!;
        Assert.Equal(expected, actual);
    }
}
