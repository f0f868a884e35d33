using System.Globalization;

namespace Sjc.Cli.Runs;

/// <summary>The lines that a run writes, on the console and in its folder.</summary>
internal sealed class RunLog(CliConsole console, string path, TimeProvider time)
{
    /// <summary>Writes a line to both.</summary>
    public void Write(string text)
    {
        console.WriteLine(text);
        Note(text);
    }

    /// <summary>Writes a line to the file alone.</summary>
    public void Note(string text) =>
        File.AppendAllText(path, $"{time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} sjc {text}\n");
}
