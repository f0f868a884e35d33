using Sjc.Diffusion;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimization;
using Sjc.RadianceField.Rendering;

namespace Sjc.Benchmarks.Rendering;

/// <summary>One iteration of training (forward, adjoint, Adamax) of the product's renderer against op-by-op libtorch on one thread, in
/// processor time, in the same process and by turns.</summary>
public static class RenderBenchmark
{
    /// <summary>Iterations of libtorch per state.</summary>
    public const int StandardRounds = 7;

    // Small enough that the field stays in its state while the optimiser does its full work.
    internal const float LearningRate = 1e-6f;

    // Two float32 computations of the same formulas; a wrong term would be off by far more.
    private const double ImageTolerance = 1e-3;
    private const double GradientTolerance = 5e-3;

    /// <summary>Runs all states of the field.</summary>
    /// <param name="threads">Of the product's renderer; libtorch has one.</param>
    /// <param name="rounds">Iterations of libtorch per state; the product makes a block of up to ten for each.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    /// <returns>Per case: medians in milliseconds of processor time, their ratio, and how far the two results lie apart.</returns>
    /// <exception cref="InvalidOperationException">The two computed different images or gradients.</exception>
    public static IEnumerable<RenderFigure> Run(int threads, int rounds, CancellationToken cancellationToken)
    {
        TorchRuntime.Initialize(1);
        foreach (RenderBenchmarkScene scene in RenderBenchmarkScene.All())
        {
            foreach (RenderFigure figure in RunScene(scene, threads, rounds, cancellationToken).Concat(IterationBenchmark.Run(scene, cancellationToken)).Concat(PruningBenchmark.Run(scene, cancellationToken)))
            {
                yield return figure;
            }
        }
    }

    private static List<RenderFigure> RunScene(RenderBenchmarkScene scene, int threads, int rounds, CancellationToken cancellationToken)
    {
        using ProductContestant product = new(scene, threads, ProcessorMilliseconds);
        using LibtorchRenderer libtorch = new(scene, LearningRate);
        (double imageError, double gradientError) = Compare(scene, product, libtorch);
        List<double> libtorchTimes = [];
        List<StageTimes> productTimes = [];
        for (int round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double start = ProcessorMilliseconds();
            libtorch.Differentiate(keepImage: false);
            libtorch.Step();
            libtorchTimes.Add(ProcessorMilliseconds() - start);
            IterationBlock.Run(product, productTimes, []);
        }

        double theirs = Statistics.Median(libtorchTimes);
        double ours = Statistics.Median(productTimes.Select(times => times.Total));
        return
        [
            new(scene.Name, "libtorch", theirs, "ms"),
            new(scene.Name, "sjc", ours, "ms"),
            new(scene.Name, "ratio_to_libtorch", theirs / ours, string.Empty),
            new(scene.Name, "forward", Statistics.Median(productTimes.Select(times => times.Forward)), "ms"),
            new(scene.Name, "adjoint", Statistics.Median(productTimes.Select(times => times.Backward)), "ms"),
            new(scene.Name, "scatter_adamax", Statistics.Median(productTimes.Select(times => times.Step)), "ms"),
            new(scene.Name, "allocated", product.CountAllocatedBytes(), "bytes"),
            new(scene.Name, "image_error", imageError, string.Empty),
            new(scene.Name, "gradient_error", gradientError, string.Empty),
        ];
    }

    /// <summary>Images by the greatest difference, gradients by the RMS difference relative to libtorch's.</summary>
    internal static (double Image, double Gradient) Compare(RenderBenchmarkScene scene, ProductContestant product, LibtorchRenderer libtorch)
    {
        libtorch.Differentiate(keepImage: true);
        FieldGradient gradient = product.Differentiate();
        float[] density = new float[scene.Density.Length];
        float[] features = new float[scene.Features.Length];
        gradient.Voxels.ExportDensity(density);
        gradient.Voxels.ExportFeatures(features);
        double image = libtorch.Image.Zip(product.Image.ToArray(), (a, b) => Math.Abs((double)a - b)).Max();
        double worst = Math.Max(
            Math.Max(RelativeDifference(libtorch.DensityGradient, density), RelativeDifference(libtorch.FeatureGradient, features)),
            RelativeDifference(libtorch.BackgroundGradient, gradient.Background.ToArray()));
        return image <= ImageTolerance && worst <= GradientTolerance
            ? (image, worst)
            : throw new InvalidOperationException($"{scene.Name}: both renderers must agree, but their images differ by {image:G3} and their gradients by {worst:G3}.");
    }

    private static double RelativeDifference(float[] expected, float[] actual)
    {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow((double)expected[i] - actual[i], 2);
            size += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(difference / size);
    }

    internal static double ProcessorMilliseconds() => Environment.CpuUsage.TotalTime.TotalMilliseconds;
}
