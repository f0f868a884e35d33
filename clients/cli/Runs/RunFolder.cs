using System.Text;

namespace Sjc.Cli.Runs;

/// <summary>Where the files of one run of <c>generate</c> lie.</summary>
internal sealed class RunFolder(string path)
{
    /// <summary>The folder, absolute.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string Record => File("run.json");

    /// <summary>What the command said.</summary>
    public string Log => File("run.log");

    /// <summary>Log of a scorer in this process.</summary>
    public string ScorerLog => File("scorer.log");

    /// <summary>Log of an optimizer in this process.</summary>
    public string OptimizerLog => File("optimizer.log");

    public string Losses => File("losses.csv");

    public string LossPlot => File("loss.png");

    public string Preview => File("preview.png");

    public string ContactSheet => File("contact-sheet.png");

    public string TurntableWebp => File("turntable.webp");

    public string TurntableMp4 => File("turntable.mp4");

    public string MeshGlb => File("mesh.glb");

    public string MeshPly => File("mesh.ply");

    public string Field => File("field.safetensors");

    /// <summary>PNG views.</summary>
    public string Views => File("views");

    /// <summary>PNG depth pictures of the same views.</summary>
    public string Depth => File("depth");

    /// <summary>Jobs of an optimizer in this process, with their checkpoints.</summary>
    public string Jobs => File("jobs");

    /// <summary>The folder of a run whose folder was not named, such as <c>runs/a-red-car-0</c>.</summary>
    public static RunFolder Default(string prompt, ulong seed)
    {
        StringBuilder name = new();
        foreach (char letter in prompt.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter))
            {
                name.Append(letter);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        string slug = name.ToString().Trim('-');
        return new RunFolder(System.IO.Path.Combine("runs", $"{(slug.Length == 0 ? "run" : slug[..Math.Min(60, slug.Length)])}-{seed}"));
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
