using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sjc.Cli.Options;
using Sjc.Golden;

namespace Sjc.Services.Tests.Deploy;

/// <summary>What can be said of Dockerfiles without Docker: names, ports and paths are the code's.</summary>
public sealed partial class DockerTests
{
    public static TheoryData<string, string, int> Images => new()
    {
        { "score-server", "Sjc.ScoreServer", ServiceAddress.DefaultScorerPort },
        { "field-optimizer", "Sjc.FieldOptimizer", ServiceAddress.DefaultOptimizerPort },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void Dockerfile_Image_RunsTheServiceAsAnybodyButRoot(string name, string assembly, int port)
    {
        string file = DeployFiles.Read($"docker/{name}.Dockerfile");
        Assert.Contains($"ENTRYPOINT [\"dotnet\", \"{assembly}.dll\"]", file, StringComparison.Ordinal);
        Assert.Contains($"CMD [\"dotnet\", \"{assembly}.dll\", \"{Sjc.Contracts.Health.HealthProbe.Verb}\"]", file, StringComparison.Ordinal);
        Assert.Contains("\nUSER $APP_UID\n", file, StringComparison.Ordinal);
        Assert.Contains($"ASPNETCORE_URLS=http://+:{port}", file, StringComparison.Ordinal);
        Assert.Matches($"(?m)^EXPOSE {port}\\b", file);
        Assert.All(FromPattern().Matches(file), match => Assert.Contains("noble", match.Value, StringComparison.Ordinal));
        Assert.All(EnvironmentPattern().Matches(file), match => SettingNames.RequireKnown(name, match.Groups[1].Value));
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Dockerfile_Build_GetsEveryProjectThatItPublishes(string name, string assembly, int port)
    {
        Assert.True(port > 0);
        string project = PublishPattern().Match(DeployFiles.Read($"docker/{name}.Dockerfile")).Groups[1].Value;
        Assert.Equal($"{assembly}.csproj", Path.GetFileName(project));
        string[] sent = [.. File.ReadAllLines(Path.Combine(GoldenFolder.RepositoryRoot, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..])];
        Assert.All(sent, path => Assert.True(Path.Exists(Path.Combine(GoldenFolder.RepositoryRoot, path)), path));
        Assert.All(Closure(Path.Combine(GoldenFolder.RepositoryRoot, project)), path => Assert.Contains(sent, prefix => path.StartsWith(prefix + "/", StringComparison.Ordinal)));
    }

    /// <summary>A project and all that it references, relative to the root.</summary>
    private static HashSet<string> Closure(string project)
    {
        HashSet<string> found = [];
        Queue<string> waiting = new([project]);
        while (waiting.TryDequeue(out string? path))
        {
            Assert.True(File.Exists(path), path);
            if (found.Add(Path.GetRelativePath(GoldenFolder.RepositoryRoot, path)))
            {
                foreach (XElement reference in XDocument.Load(path).Descendants("ProjectReference"))
                {
                    waiting.Enqueue(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, reference.Attribute("Include")!.Value)));
                }
            }
        }

        return found;
    }

    [GeneratedRegex(@"(?m)^FROM .*$")]
    private static partial Regex FromPattern();

    [GeneratedRegex(@"(?m)^(?:ENV |    )([A-Za-z_0-9]+)=")]
    private static partial Regex EnvironmentPattern();

    [GeneratedRegex(@"dotnet publish (\S+)")]
    private static partial Regex PublishPattern();
}
