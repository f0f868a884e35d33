using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.GuidedDiffusion;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Schedules;
using Sjc.Diffusion.Tests.Networks.Pixel;
using Sjc.Golden;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.GuidedDiffusion;

[Trait("Category", "Golden")]
public sealed class ClassifierTermGoldenTests
{
    // Of the golden README, relative to the greatest value.
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Cases => [.. PixelCases.InFolders("adm", PixelCases.IsClassifier)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradient_Golden_MatchesLogitsAndGradient(string name)
    {
        GoldenCase golden = PixelCases.OpenNamed(name);
        foreach (bool scalesInput in (bool[])[true, false])
        {
            using CheckpointProbe probe = CheckpointProbe.Open(new ModelLoadOptions { Path = Path.Combine(GoldenFolder.Root, $"models/{name}.pt") });
            ModelSettings settings = new(probe, probe.Config);
            GuidedClassifierOptions options = GuidedFlags.Classifier(new GuidedShapes(probe.Weights!), settings, 0);
            SigmaLadder ladder = GuidedFlags.Ladder(probe.Config!.Text("noise_schedule", "linear"));
            using ClassifierTerm term = new(new GuidedClassifier(new WeightReader(probe.Weights!, ScalarType.Float32, device("cpu")), options), ladder, 1, scalesInput);
            using IDisposable scope = NewDisposeScope();
            using IDisposable untracked = no_grad();
            (int Index, double Sigma)[] snapped = [.. golden.Doubles("sigma_request").Select(ladder.Snap)];
            Assert.Equal(golden.Integers("t"), snapped.Select(entry => (long)ladder.Timestep(entry.Index)));
            long[] shape = [.. golden.Shape("x").Select(extent => (long)extent)];
            (Tensor gradient, Tensor logits) = term.Gradient(tensor(golden.Floats("x"), shape), [.. snapped.Select(entry => entry.Sigma)], golden.Integers("y"));
            string prefix = scalesInput ? "scaled" : "unscaled";
            PixelCase.RequireClose(golden, $"{prefix}.logits", Doubles(logits), Tolerance);
            PixelCase.RequireClose(golden, $"{prefix}.log_prob", Doubles(logits.log_softmax(1).gather(1, tensor(golden.Integers("y")).unsqueeze(1))), Tolerance);
            PixelCase.RequireClose(golden, $"{prefix}.grad_sigma_space", Doubles(gradient), Tolerance);
        }
    }

    private static double[] Doubles(Tensor values) => values.to(float64).contiguous().data<double>().ToArray();
}
