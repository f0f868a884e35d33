using System.CommandLine;
using Sjc.Cli.Diagnostics;
using Spectre.Console;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc doctor</c>: what this machine has of what the product can use.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliConsole console)
    {
        Command command = new("doctor", "Check this machine: .NET, processor, libtorch, models, tools, disk, ports, GPU.");
        command.SetAction(_ => Run(console));
        return command;
    }

    private static int Run(CliConsole console)
    {
        IReadOnlyList<Finding> findings = MachineChecks.Run();
        foreach (Finding finding in findings)
        {
            (string mark, string colour) = finding.Severity switch
            {
                Severity.Good => ("ok  ", "green"),
                Severity.Note => ("note", "yellow"),
                _ => ("FAIL", "red"),
            };
            console.Output.MarkupLine($"[{colour}]{mark}[/]  {Markup.Escape(finding.Subject),-16} {Markup.Escape(finding.Text)}");
        }

        bool failed = findings.Any(finding => finding.Severity == Severity.Bad);
        console.WriteLine(failed ? "Something that the product needs is missing: see the lines marked FAIL." : "All that the product needs is here.");
        return failed ? ExitCode.Failure : ExitCode.Success;
    }
}
