using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Networks.GuidedDiffusion;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Schedules;
using Sjc.Diffusion.Tests.Networks.Pixel;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.GuidedDiffusion;

public sealed class ClassifierTermTests
{
    private static readonly string Classifier = PixelFiles.PathOf(PixelFiles.Classifier);

    [Theory]
    [InlineData("scaled", 0.5)]
    [InlineData("scaled", 8)]
    [InlineData("unscaled", 3)]
    public void Denoise_WithClass_AddsTheScaledGradientOfItsProbability(string input, double scale)
    {
        using IDenoiser once = PixelFiles.Open(PixelFiles.Unet, $"classifier={Classifier}", $"classifier_input={input}");
        using IDenoiser scaled = PixelFiles.Open(PixelFiles.Unet, $"classifier={Classifier}", $"classifier_input={input}", $"classifier_scale={scale}");
        using IDenoiser plain = PixelFiles.Open(PixelFiles.Unet);
        Assert.Equal(10, once.Description.ClassCount);

        const double Sigma = 20;
        double[] without = PixelFamilyTests.Denoised(plain, Sigma);
        double[] added = Difference(PixelFamilyTests.Denoised(once, Sigma, once.EncodeClassLabel(4)), without);
        double[] addedMore = Difference(PixelFamilyTests.Denoised(scaled, Sigma, scaled.EncodeClassLabel(4)), without);
        double greatest = added.Max(Math.Abs);

        // Float32 sums of D, which reaches about a hundred here.
        Assert.True(greatest > 1e-3);
        Assert.All(added.Zip(addedMore), pair => Assert.Equal(scale * pair.First, pair.Second, scale * 1e-4));
        Assert.Equal(without, PixelFamilyTests.Denoised(once, Sigma, once.Unconditional));
    }

    [Fact]
    public void Denoise_ScaledInput_RaisesTheProbabilityAlongItsGradient()
    {
        // The central difference of log p along the added term must be that term's squared length over σ²: it is σ²·∇log p.
        using IDenoiser guided = PixelFiles.Open(PixelFiles.Unet, $"classifier={Classifier}");
        const double Sigma = 2;
        double[] gradient = [.. Difference(PixelFamilyTests.Denoised(guided, Sigma, guided.EncodeClassLabel(3)), PixelFamilyTests.Denoised(guided, Sigma)).Select(value => value / (Sigma * Sigma))];
        double length = Math.Sqrt(gradient.Sum(value => value * value));
        double[] direction = [.. gradient.Select(value => value / length)];
        const double Step = 0.02;
        double slope = (LogProbability(guided, Sigma, direction, Step) - LogProbability(guided, Sigma, direction, -Step)) / (2 * Step);
        Assert.Equal(length, slope, 0.02 * length);
    }

    [Fact]
    public void Denoise_MixedRows_GuidesThoseWithAClassAlone()
    {
        using IDenoiser guided = PixelFiles.Open(PixelFiles.Unet, $"classifier={Classifier}");
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = inference_mode();
        Tensor noisy = tensor(TestModels.Normal(5, 3 * guided.Description.DataShape.ElementCount), new long[] { 3, 3, 16, 16 });
        Condition[] mixed = [guided.Unconditional, guided.EncodeClassLabel(2), guided.Unconditional];
        Tensor actual = guided.Denoise(noisy, [1, 1, 5], mixed);
        Tensor without = guided.Denoise(noisy, [1, 1, 5], [.. mixed.Select(_ => guided.Unconditional)]);
        Tensor difference = (actual - without).abs().flatten(1).amax([1]);
        Assert.Equal(0, difference[0].item<float>());
        Assert.True(difference[1].item<float>() > 0);
        Assert.Equal(0, difference[2].item<float>());
    }

    [Fact]
    public void Open_WithClassifier_DeclaresNoFixedShapes()
    {
        using IDenoiser alone = PixelFiles.Open(PixelFiles.Unet);
        using IDenoiser guided = PixelFiles.Open(PixelFiles.Unet, $"classifier={Classifier}");

        Assert.True(alone.Description.HasFixedShapes);
        Assert.False(guided.Description.HasFixedShapes);
    }

    [Theory]
    [InlineData(PixelFiles.Classifier, "must be a diffusion model, but is a classifier")]
    [InlineData(PixelFiles.Unet, "must be a classifier, but is a diffusion model", PixelFiles.Unet)]
    [InlineData(PixelFiles.ConditionalUnet, "of the cosine schedule", PixelFiles.Classifier)]
    public void Open_WrongPairOfFiles_SaysWhatIsWrong(string model, string message, string? classifier = null)
    {
        string[] flags = classifier is null ? [] : [$"classifier={PixelFiles.PathOf(classifier)}"];
        Exception refusal = Assert.ThrowsAny<Exception>(() => PixelFiles.Open(model, flags));
        Assert.True(refusal is InvalidDataException or ArgumentException);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_WithClassifier_CountsBoth()
    {
        ModelInspection alone = ModelFamilies.Inspect(PixelFiles.Options(PixelFiles.PathOf(PixelFiles.Unet)));
        ModelInspection both = ModelFamilies.Inspect(PixelFiles.Options(PixelFiles.PathOf(PixelFiles.Unet), $"classifier={Classifier}"));
        Assert.Equal(["unet", "classifier"], both.Parts.Select(part => part.Name));
        Assert.True(both.ParameterCount > alone.ParameterCount);
        Assert.Equal((ConditioningKind.ClassLabel, 10), (both.Conditioning, both.ClassCount));
    }

    private static double[] Difference(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x - y)];

    /// <summary>log p of class 3 at x + step·direction, by the classifier itself.</summary>
    private static double LogProbability(IDenoiser guided, double sigma, double[] direction, double step)
    {
        using CheckpointProbe probe = CheckpointProbe.Open(PixelFiles.Options(Classifier));
        ModelSettings settings = new(probe, probe.Config);
        GuidedClassifierOptions options = GuidedFlags.Classifier(new(probe.Weights!), settings, 0);
        using GuidedClassifier classifier = new(new WeightReader(probe.Weights!, ScalarType.Float64, device("cpu")), options);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        DataShape shape = guided.Description.DataShape;
        float[] clean = TestModels.Uniform(0, shape.ElementCount);
        float[] noise = TestModels.Normal(1, shape.ElementCount);
        double[] image = [.. Enumerable.Range(0, clean.Length).Select(i => (float)(clean[i] + (sigma * noise[i])) + (step * direction[i]))];
        SigmaLadder ladder = SigmaLadder.GuidedDiffusionLinear;
        (int index, double snapped) = ladder.Snap(sigma);
        Tensor input = tensor(image, new long[] { 1, 3, 16, 16 }) / Math.Sqrt((snapped * snapped) + 1);
        return classifier.Forward(input, [ladder.Timestep(index)]).log_softmax(1)[0, 3].item<double>();
    }
}
