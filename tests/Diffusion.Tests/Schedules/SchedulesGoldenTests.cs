using System.Text.Json;
using Sjc.Diffusion.Schedules;
using Sjc.Golden;

namespace Sjc.Diffusion.Tests.Schedules;

[Trait("Category", "Golden")]
public sealed class SchedulesGoldenTests
{
    // Tolerances of the README's sections 1 and 8, relative: 1e-10 for the tables, 1e-12 for the rest in double, 1e-6 for float32 levels.
    private const double TableTolerance = 1e-10;
    private const double DoubleTolerance = 1e-12;
    private const double FloatTolerance = 1e-6;

    public static TheoryData<string> Cases => [.. GoldenFolder.Find("sjc", "schedules*.safetensors")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ladders_Golden_Match(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        foreach (string tensor in Tensors(golden, "us.").Concat(Tensors(golden, "sigmas.")))
        {
            SigmaLadder ladder = GoldenModel.Ladder(tensor[(tensor.IndexOf('.') + 1)..])!;
            RequireClose(golden, tensor, [.. ladder.Sigmas], tensor.StartsWith("us.", StringComparison.Ordinal) ? TableTolerance : FloatTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Snap_Golden_MatchesIndexExactly(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        foreach (string tensor in Tensors(golden, "snap.").Where(name => name.EndsWith(".t", StringComparison.Ordinal)))
        {
            string prefix = tensor[..^2];
            SigmaLadder ladder = GoldenModel.Ladder(prefix["snap.".Length..])!;
            (int Index, double Sigma)[] snapped = [.. golden.Doubles(tensor).Select(ladder.Snap)];
            Assert.Equal(golden.Integers(prefix + ".j"), snapped.Select(entry => (long)entry.Index));
            RequireClose(golden, prefix + ".sigma", [.. snapped.Select(entry => entry.Sigma)], prefix == "snap.ncsn" ? FloatTolerance : TableTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Timestep_Golden_MatchesExactly(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        foreach (string tensor in Tensors(golden, "cond.").Where(name => name.EndsWith(".t", StringComparison.Ordinal)))
        {
            string prefix = tensor[..^2];
            SigmaLadder ladder = GoldenModel.Ladder(prefix["cond.".Length..])!;
            int[] indices = [.. golden.Doubles(tensor).Select(sigma => ladder.Snap(sigma).Index)];
            Assert.Equal(golden.Integers(prefix + ".cond_t"), indices.Select(index => (long)ladder.Timestep(index)));
            RequireClose(golden, prefix + ".sigma", [.. indices.Select(index => (double)(float)ladder.Sigmas[index])], FloatTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void NoiseLevels_Golden_Match(string file)
    {
        GoldenCase golden = GoldenCase.Open("sjc", file, Assert.Skip);
        foreach (string tensor in Tensors(golden, "karras"))
        {
            JsonElement settings = JsonDocument.Parse(golden.Metadata[tensor]).RootElement;
            double[] levels = NoiseLevels.Karras(Number(settings, "sigma_max"), Number(settings, "sigma_min"), settings.GetProperty("N").GetInt32(), Number(settings, "rho"));
            RequireClose(golden, tensor, levels, DoubleTolerance);
        }

        foreach (string tensor in Tensors(golden, "power"))
        {
            JsonElement settings = JsonDocument.Parse(golden.Metadata[tensor]).RootElement;
            double[] levels = NoiseLevels.Geometric(Number(settings, "sigma_max"), Number(settings, "sigma_min"), settings.GetProperty("num_stages").GetInt32());
            RequireClose(golden, tensor, levels, DoubleTolerance);
        }
    }

    private static double Number(JsonElement settings, string name) => settings.GetProperty(name).GetDouble();

    private static string[] Tensors(GoldenCase golden, string prefix) =>
        [.. golden.File.Header.Entries.Select(entry => entry.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];

    private static void RequireClose(GoldenCase golden, string tensor, double[] actual, double relative) =>
        Assert.Null(GoldenComparison.Mismatch($"{golden.Name}/{tensor}", golden.Doubles(tensor), actual, expected => relative * Math.Abs(expected)));
}
