using Sjc.Diffusion.Networks.GuidedDiffusion;
using Sjc.Diffusion.Scoring;
using Sjc.Diffusion.Tests.Networks.Pixel;
using Sjc.Golden;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Networks.GuidedDiffusion;

[Trait("Category", "Golden")]
public sealed class GuidedUnetGoldenTests
{
    // Of the golden README: 1e-4 for adm, 3e-4 for intermediate results, relative to the greatest value.
    private const double Tolerance = 1e-4;
    private const double TraceTolerance = 3e-4;
    private const string Prefix = "act.";

    public static TheoryData<string> Cases => [.. PixelCases.InFolders("adm", config => !PixelCases.IsClassifier(config))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_Golden_MatchesOutputAndIntermediateResults(string name)
    {
        GoldenCase golden = PixelCases.OpenNamed(name);
        using PixelCase model = PixelCase.Open(golden, new GuidedDiffusionFamily(), $"models/{name}.pt");
        double[] sigmas = golden.Doubles("sigma_used");
        model.RequireClose("out", model.Raw(golden.Doubles("x"), sigmas, OneHot(golden, model.Plan.ClassCount)), Tolerance);

        Dictionary<string, double[][]> traced = Trace(golden, model);
        string[] expected = [.. golden.File.Header.Entries.Select(entry => entry.Name).Where(tensor => tensor.StartsWith(Prefix, StringComparison.Ordinal))];
        Assert.NotEmpty(expected);

        // One row is recorded, and the case does not say which: the one that the first stage's result tells.
        int row = BestRow(golden.Doubles(Prefix + "input_blocks.0"), traced["input_blocks.0"]);
        foreach (string tensor in expected)
        {
            double[][] rows = traced[tensor[Prefix.Length..]];
            model.RequireClose(tensor, golden.Shape(tensor)[0] == rows.Length ? rows.SelectMany(values => values) : rows[row], TraceTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_GoldenInOtherAttentionOrder_MatchesItsOutput(string name)
    {
        GoldenCase golden = PixelCases.OpenNamed(name);
        if (!golden.Has("other_order.out"))
        {
            return;
        }

        string order;
        using (PixelCase model = PixelCase.Open(golden, new GuidedDiffusionFamily(), $"models/{name}.pt"))
        {
            order = model.Plan.Settings["attention_order"].StartsWith("legacy", StringComparison.Ordinal) ? "new" : "legacy";
        }

        using PixelCase other = PixelCase.Open(golden, new GuidedDiffusionFamily(), $"models/{name}.pt", $"attention_order={order}");
        other.RequireClose("other_order.out", other.Raw(golden.Doubles("x"), golden.Doubles("sigma_used"), OneHot(golden, other.Plan.ClassCount)), Tolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Denoise_Golden_SnapsAndMatchesDenoisedAndScore(string name)
    {
        GoldenCase golden = PixelCases.OpenNamed(name);
        using PixelCase model = PixelCase.Open(golden, new GuidedDiffusionFamily(), $"models/{name}.pt");
        (int Index, double Sigma)[] snapped = [.. golden.Doubles("sigma_request").Select(model.Plan.Ladder!.Snap)];
        double[] sigmas = [.. snapped.Select(entry => entry.Sigma)];
        Assert.Null(GoldenComparison.Mismatch($"{name}/sigma_used", golden.Doubles("sigma_used"), sigmas, sigma => 1e-10 * sigma));
        Assert.Equal(golden.Integers("t"), snapped.Select(entry => (long)model.Plan.Ladder.Timestep(entry.Index)));

        Condition[]? conditions = golden.Has("y") ? [.. golden.Integers("y").Select(label => model.Denoiser.EncodeClassLabel((int)label))] : null;
        ScoreResult result = model.Score(golden.Doubles("x"), sigmas, conditions);
        model.RequireClose("denoised", result.Denoised, Tolerance);
        model.RequireClose("score", result.Score, Tolerance);
    }

    private static float[]? OneHot(GoldenCase golden, int classes) =>
        golden.Has("y") ? [.. golden.Integers("y").SelectMany(label => Enumerable.Range(0, classes).Select(k => k == label ? 1f : 0f))] : null;

    private static Dictionary<string, double[][]> Trace(GoldenCase golden, PixelCase model)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        double[] sigmas = golden.Doubles("sigma_used");
        Tensor scaling = tensor(sigmas.Select(sigma => model.Plan.Preconditioning.At(sigma).In).ToArray()).view(-1, 1, 1, 1);
        Tensor input = (tensor(golden.Doubles("x"), [.. golden.Shape("x").Select(extent => (long)extent)]) * scaling).to(float32);
        Tensor? classes = OneHot(golden, model.Plan.ClassCount) is { } rows ? tensor(rows, new long[] { sigmas.Length, model.Plan.ClassCount }) : null;
        Dictionary<string, double[][]> traced = [];
        void Keep(string module, Tensor value)
        {
            double[] all = value.to(float64).contiguous().data<double>().ToArray();
            traced[module] = [.. all.Chunk(all.Length / sigmas.Length)];
        }

        ((GuidedUnet)model.Network).Forward(input, [.. golden.Integers("t").Select(t => (double)t)], classes, Keep);
        return traced;
    }

    private static int BestRow(double[] expected, double[][] rows) =>
        Enumerable.Range(0, rows.Length).MinBy(row => rows[row].Zip(expected, (actual, value) => Math.Abs(actual - value)).Max());
}
