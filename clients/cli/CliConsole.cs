using Spectre.Console;

namespace Sjc.Cli;

/// <summary>Where a command writes: results and progress to <paramref name="Output"/>, complaints to <paramref name="Error"/>.</summary>
/// <param name="Output">Standard output, or a test's writer.</param>
/// <param name="Error">Standard error, or a test's writer.</param>
/// <param name="Interactive">A person watches: lines may be redrawn. Otherwise plain lines now and then.</param>
internal sealed record CliConsole(IAnsiConsole Output, TextWriter Error, bool Interactive)
{
    /// <summary>Columns of output that goes to a file or a pipe, so that tables do not wrap at Spectre's 80.</summary>
    private const int RedirectedWidth = 200;

    /// <summary>The process's own streams.</summary>
    public static CliConsole Standard()
    {
        IAnsiConsole output = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            output.Profile.Width = RedirectedWidth;
        }

        return new CliConsole(output, Console.Error, !Console.IsOutputRedirected && !Console.IsErrorRedirected);
    }

    /// <summary>Everything into one writer, as a pipe would see it.</summary>
    public static CliConsole To(TextWriter writer)
    {
        IAnsiConsole output = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        output.Profile.Width = RedirectedWidth;
        return new CliConsole(output, writer, Interactive: false);
    }

    /// <summary>Writes one plain line.</summary>
    public void WriteLine(string text) => Output.Profile.Out.Writer.WriteLine(text);
}
