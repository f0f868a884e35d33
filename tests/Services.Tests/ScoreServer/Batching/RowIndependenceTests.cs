using Sjc.Diffusion;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Golden;
using Sjc.ScoreServer.Batching;
using Sjc.Services.Tests.ScoreServer.Hosting;

namespace Sjc.Services.Tests.ScoreServer.Batching;

public sealed class RowIndependenceTests
{
    [Fact]
    public void Measure_RowsApart_FindsEverySize()
    {
        using TestDenoiser denoiser = new((noisy, _) => noisy * 0.5);

        Assert.Equal([2, 4, 8, 12], RowIndependence.Measure(denoiser, 2, 12));
    }

    [Fact]
    public void Measure_RowsThatSeeEachOther_FindsNone()
    {
        using TestDenoiser denoiser = new((noisy, _) => noisy + (1e-3 * noisy.mean()));

        Assert.Empty(RowIndependence.Measure(denoiser, 2, 8));
    }

    [Fact]
    public void Measure_RowsThatDependOnTheirPlace_FindsNone()
    {
        using TestDenoiser denoiser = new((noisy, _) => noisy + TorchSharp.torch.arange(noisy.shape[0]).view(-1, 1, 1, 1));

        Assert.Empty(RowIndependence.Measure(denoiser, 2, 8));
    }

    [Fact]
    public void Measure_RowsThatDependOnTheSize_FindsTheSmallestAlone()
    {
        using TestDenoiser denoiser = new((noisy, _) => noisy * (noisy.shape[0] < 4 ? 1.0 : 1.001));

        Assert.Equal([2], RowIndependence.Measure(denoiser, 2, 8));
    }

    [Theory]
    [InlineData("adm/lsun-like.pt")]
    [InlineData("adm/imagenet64-like.pt")]
    [InlineData("ncsnv2/checkpoint.pth")]
    [InlineData("ncsnpp/checkpoint.pth")]
    [InlineData("edm/edm-ddpmpp.safetensors")]
    public void Measure_PixelModel_FindsAtLeastTheSmallest(string file)
    {
        Assert.SkipUnless(GoldenFolder.IsDefault, "The models are those of tests/golden.");
        using IDenoiser denoiser = ModelFamilies.Open(new ModelLoadOptions { Path = Path.Combine(GoldenFolder.Root, "models", file) });

        IReadOnlyList<int> sizes = RowIndependence.Measure(denoiser, 2, 16);

        TestContext.Current.TestOutputHelper!.WriteLine($"Sizes: {string.Join(", ", sizes)}.");
        Assert.True(denoiser.Description.HasFixedShapes);
        Assert.Contains(2, sizes);
    }

    [Fact]
    public void Measure_ShippedNetwork_FindsAtLeastTheSmallest()
    {
        using IDenoiser denoiser = ShapeModels.Network("", "cpu");

        IReadOnlyList<int> sizes = RowIndependence.Measure(denoiser, 2, 16);

        TestContext.Current.TestOutputHelper!.WriteLine($"Sizes: {string.Join(", ", sizes)}.");
        Assert.Contains(2, sizes);
    }
}
