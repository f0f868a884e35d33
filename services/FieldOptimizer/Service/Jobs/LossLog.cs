using System.Globalization;
using System.Text;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>The losses of all iterations of a job, as comma-separated lines.</summary>
/// <remarks>Written up to a checkpoint before the checkpoint; what lies beyond the last one is cut when a job resumes.</remarks>
internal sealed class LossLog(string path)
{
    private const string Heading = "iteration,sigma,score_rms,emptiness,depth";

    /// <summary>Adds lines.</summary>
    public void Append(IReadOnlyCollection<LossSample> samples)
    {
        StringBuilder text = new();
        if (!File.Exists(path))
        {
            text.Append(Heading).Append('\n');
        }

        foreach (LossSample sample in samples)
        {
            AppendLine(text, sample);
        }

        File.AppendAllText(path, text.ToString());
    }

    /// <summary>The samples up to an iteration; whole lines only.</summary>
    public IReadOnlyList<LossSample> Read(int lastIteration = int.MaxValue)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        List<LossSample> samples = [];
        foreach (string line in File.ReadLines(path).Skip(1))
        {
            if (TryParse(line, out LossSample sample) && sample.Iteration <= lastIteration)
            {
                samples.Add(sample);
            }
        }

        return samples;
    }

    /// <summary>Cuts everything after an iteration.</summary>
    /// <returns>What is left.</returns>
    public IReadOnlyList<LossSample> Truncate(int lastIteration)
    {
        IReadOnlyList<LossSample> kept = Read(lastIteration);
        StringBuilder text = new(Heading + "\n");
        foreach (LossSample sample in kept)
        {
            AppendLine(text, sample);
        }

        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text.ToString()));
        return kept;
    }

    private static void AppendLine(StringBuilder text, LossSample sample) =>
        text.Append(CultureInfo.InvariantCulture, $"{sample.Iteration},{sample.Sigma:R},{sample.ScoreRms:R},{sample.Emptiness:R},{sample.Depth:R}\n");

    private static bool TryParse(string line, out LossSample sample)
    {
        sample = default;
        string[] parts = line.Split(',');
        if (parts.Length != 5 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out int iteration))
        {
            return false;
        }

        double[] values = new double[4];
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.TryParse(parts[i + 1], CultureInfo.InvariantCulture, out values[i]))
            {
                return false;
            }
        }

        sample = new LossSample(iteration, values[0], values[1], values[2], values[3]);
        return true;
    }
}
