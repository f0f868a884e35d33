using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Scoring;
using Sjc.Golden;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.Pixel;

/// <summary>A golden pixel model: its files, what its family plans, its network and denoiser in float32.</summary>
internal sealed class PixelCase : IDisposable
{
    private readonly CheckpointProbe probe;

    private PixelCase(GoldenCase golden, PixelFamily family, ModelLoadOptions options)
    {
        Golden = golden;
        probe = CheckpointProbe.Open(options);
        Plan = family.Plan(probe);
        Network = PixelFamily.Build(Plan, ScalarType.Float32, device("cpu"));
        Denoiser = ModelFamilies.Open(options);
        Assert.Equal(family.Kind, Denoiser.Description.Kind);
    }

    public GoldenCase Golden { get; }

    public PixelModelPlan Plan { get; }

    public PixelNetwork Network { get; }

    public IDenoiser Denoiser { get; }

    /// <summary>Opens files of the golden folder, the kind told by the files.</summary>
    /// <param name="golden">Inputs and outputs.</param>
    /// <param name="family">That must recognise them.</param>
    /// <param name="path">Within the golden folder.</param>
    /// <param name="flags">"name=value".</param>
    public static PixelCase Open(GoldenCase golden, PixelFamily family, string path, params string[] flags) => new(golden, family, new ModelLoadOptions
    {
        Path = Path.Combine(GoldenFolder.Root, path),
        Flags = flags.ToDictionary(flag => flag[..flag.IndexOf('=')], flag => flag[(flag.IndexOf('=') + 1)..]),
    });

    /// <summary>F of the golden x, scaled as the preconditioning says.</summary>
    /// <param name="images">x, [n, c, h, w].</param>
    /// <param name="sigmas">Of each row.</param>
    /// <param name="classes">One-hot, [n, classes]; null: none.</param>
    public double[] Raw(double[] images, double[] sigmas, float[]? classes = null)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        long[] shape = [.. Golden.Shape("x").Select(extent => (long)extent)];
        Tensor scaling = tensor(sigmas.Select(sigma => Plan.Preconditioning.At(sigma).In).ToArray()).view(-1, 1, 1, 1);
        Tensor input = (tensor(images, shape) * scaling).to(float32);
        Tensor? labels = classes is null ? null : tensor(classes, new long[] { sigmas.Length, classes.Length / sigmas.Length });
        double[] noise = [.. sigmas.Select(sigma => Plan.Preconditioning.At(sigma).Noise)];
        return Network.Forward(input, noise, labels).to(float64).contiguous().data<double>().ToArray();
    }

    /// <summary>D and the score of images that hold noise, as the product computes them.</summary>
    public ScoreResult Score(double[] images, double[] sigmas, IEnumerable<Condition>? conditions = null)
    {
        Condition[] all = conditions?.ToArray() ?? [.. sigmas.Select(_ => Denoiser.Unconditional)];
        int[] shape = Golden.Shape("x");
        return ScoreEvaluation.Evaluate(Denoiser, new ScoreQuery(new DataShape(shape[1], shape[2], shape[3]), [.. images.Select(value => (float)value)], sigmas, all));
    }

    /// <summary>Compares with a tensor of the case, the tolerance being relative to its greatest magnitude, as the golden README has it.</summary>
    public void RequireClose(string tensor, IEnumerable<double> actual, double tolerance) => RequireClose(Golden, tensor, actual, tolerance);

    /// <summary>The same.</summary>
    public void RequireClose(string tensor, IEnumerable<float> actual, double tolerance) => RequireClose(Golden, tensor, actual.Select(value => (double)value), tolerance);

    /// <summary>The same of any case.</summary>
    public static void RequireClose(GoldenCase golden, string tensor, IEnumerable<double> actual, double tolerance)
    {
        double[] expected = golden.Doubles(tensor);
        double greatest = expected.Max(Math.Abs);
        Assert.Null(GoldenComparison.Mismatch($"{golden.Name}/{tensor}", expected, actual.ToArray(), _ => tolerance * greatest));
    }

    public void Dispose()
    {
        Network.Dispose();
        Denoiser.Dispose();
        Plan.Dispose();
        probe.Dispose();
    }
}
