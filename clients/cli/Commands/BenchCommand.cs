using System.CommandLine;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc bench …</c>: measurements of the product's own parts.</summary>
internal static class BenchCommand
{
    public static Command Create(CliConsole console) => new("bench", "Measure parts of the product on this machine.")
    {
        BenchRenderCommand.Create(console),
        BenchUNetCommand.Create(console),
        BenchLoadCommand.Create(console),
        BenchLoadCommand.CreateChild(console),
        BenchScorerCommand.Create(console),
    };
}
