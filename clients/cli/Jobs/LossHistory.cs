using System.Globalization;
using Sjc.Contracts.Field.V1;

namespace Sjc.Cli.Jobs;

/// <summary>The losses of every iteration of a run, kept as a table so that a resumed run's plot is whole.</summary>
internal sealed class LossHistory
{
    private const string Header = "iteration,sigma,score_rms,emptiness,depth";

    private readonly SortedDictionary<uint, LossPoint> points = [];

    /// <summary>In order of iteration.</summary>
    public IReadOnlyList<LossPoint> Points => [.. points.Values];

    /// <summary>Adds points; one of an iteration that is there replaces it.</summary>
    public void Add(IEnumerable<LossPoint> more)
    {
        foreach (LossPoint point in more)
        {
            points[point.Iteration] = point;
        }
    }

    /// <summary>Writes a CSV file.</summary>
    public void Write(string path)
    {
        IEnumerable<string> lines = points.Values.Select(point => string.Join(
            ',', ((double[])[point.Iteration, point.Sigma, point.Losses.ScoreRms, point.Losses.Emptiness, point.Losses.Depth]).Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        File.WriteAllLines(path, lines.Prepend(Header));
    }

    /// <summary>Reads what <see cref="Write"/> wrote; empty where there is no file.</summary>
    /// <exception cref="InvalidDataException">The file is no such table.</exception>
    public static LossHistory Read(string path)
    {
        LossHistory history = new();
        if (File.Exists(path))
        {
            history.Add(File.ReadLines(path).Skip(1).Select(line => Parse(path, line)));
        }

        return history;
    }

    private static LossPoint Parse(string path, string line)
    {
        string[] cells = line.Split(',');
        double[] numbers = [.. cells.Select(cell => double.TryParse(cell, CultureInfo.InvariantCulture, out double number) ? number : throw Invalid())];
        return numbers.Length == 5
            ? new LossPoint { Iteration = (uint)numbers[0], Sigma = numbers[1], Losses = new JobLosses { ScoreRms = numbers[2], Emptiness = numbers[3], Depth = numbers[4] } }
            : throw Invalid();

        InvalidDataException Invalid() => new($"{path} must hold rows of {Header}, but has {line}.");
    }
}
