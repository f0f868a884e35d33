using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Training;

namespace Sjc.Diffusion.Tests.Training;

public sealed class DenoisingValidationTests
{
    [Fact]
    public void MeanSquaredError_ExactModelOfTheSameCatalogue_GrowsWithTheNoiseAndStaysSmall()
    {
        using IDenoiser denoiser = ShapeModels.Exact();
        DenoisingValidation validation = new(count: 12, size: 32, threads: 1);

        double low = validation.MeanSquaredError(denoiser, 0.5);
        double high = validation.MeanSquaredError(denoiser, 5);

        // The pictures' variance is about 0.5; a picture's nearest neighbours in the same sector are far nearer.
        Assert.InRange(low, 1e-4, 0.1);
        Assert.True(high > low);
    }
}
