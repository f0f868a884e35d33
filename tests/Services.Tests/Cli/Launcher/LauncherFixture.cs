using System.Diagnostics;
using Sjc.Golden;

namespace Sjc.Services.Tests.Cli.Launcher;

/// <summary>A copy of the launcher in a small tree of its own, with a <c>dotnet</c> that notes its calls instead of building.</summary>
internal sealed class LauncherFixture : IDisposable
{
    private const string FakeDotnet = """
        #!/usr/bin/env bash
        here=$(cd "$(dirname "$0")" && pwd)
        echo "$*" >>"$here/calls"
        case "$1" in
          --version) [ ! -f "$here/no-sdk" ] && echo 10.0.100 ;;
          build)
            [ -f "$here/broken" ] && { echo "x.cs(1,1): error CS0000: it is broken"; exit 1; }
            mkdir -p "$(dirname "$here")/clients/cli/bin/Release/net10.0"
            : >"$(dirname "$here")/clients/cli/bin/Release/net10.0/sjc.dll" ;;
          exec) shift 2; echo "ran: $*" ;;
        esac
        """;

    private readonly TemporaryFolder folder = new();

    public LauncherFixture()
    {
        File.Copy(Path.Combine(GoldenFolder.RepositoryRoot, "sjc"), PathOf("sjc"));
        Write("bin/dotnet", FakeDotnet);
        Write("clients/cli/Sjc.Cli.csproj", "<Project />");
        Write("clients/cli/Program.cs", "// one");
        Write("protos/a.proto", "// a");
        Write("Directory.Build.props", "<Project />");
        foreach (string script in (string[])["sjc", "bin/dotnet"])
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(PathOf(script), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    /// <summary>How often something was built.</summary>
    public int Builds => File.ReadLines(PathOf("bin/calls")).Count(call => call.StartsWith("build ", StringComparison.Ordinal));

    public string PathOf(string name) => folder.File(name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    /// <summary>Starts the launcher.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        ProcessStartInfo start = new(PathOf("sjc"), args) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{PathOf("bin")}:/usr/local/bin:/usr/bin:/bin";
        start.Environment["HOME"] = folder.Path;
        start.Environment.Remove("DOTNET_ROOT");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    public void Dispose() => folder.Dispose();
}
