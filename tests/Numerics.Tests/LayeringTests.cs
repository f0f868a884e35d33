using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sjc.Golden;

namespace Sjc.Numerics.Tests;

/// <summary>Who may know whom: the rule of the design over every project, package and namespace of the product.</summary>
public sealed partial class LayeringTests
{
    private static readonly string Root = GoldenFolder.RepositoryRoot;

    /// <summary>Projects that each product project may reference.</summary>
    private static readonly Dictionary<string, string[]> AllowedProjects = new()
    {
        ["Sjc.Numerics"] = [],
        ["Sjc.Contracts"] = [],
        ["Sjc.Telemetry"] = [],
        ["Sjc.TorchNativeMend"] = [],
        ["Sjc.Diffusion"] = ["Sjc.Numerics", "Sjc.TorchNativeMend"],
        ["Sjc.RadianceField"] = ["Sjc.Numerics"],
        ["Sjc.ScoreServer"] = ["Sjc.Contracts", "Sjc.Telemetry", "Sjc.Diffusion", "Sjc.Numerics"],
        // The scorer is reached as any caller reaches it: the client is a package of its own, without service code.
        ["Sjc.FieldOptimizer"] = ["Sjc.Client", "Sjc.Contracts", "Sjc.Telemetry", "Sjc.RadianceField", "Sjc.Numerics"],
        ["Sjc.Client"] = ["Sjc.Contracts"],
    };

    /// <summary>What a project's packages and using directives may not begin with.</summary>
    private static readonly Dictionary<string, string[]> Forbidden = new()
    {
        ["Sjc.Numerics"] = ["TorchSharp", "libtorch", "Grpc", "Google", "Microsoft.Extensions", "Microsoft.AspNetCore", "Serilog", "SkiaSharp"],
        ["Sjc.Contracts"] = ["TorchSharp", "libtorch", "Microsoft.AspNetCore", "Grpc.AspNetCore", "Serilog", "SkiaSharp"],
        ["Sjc.Telemetry"] = ["TorchSharp", "libtorch", "Grpc", "Google", "Microsoft.AspNetCore", "Serilog", "SkiaSharp", "Sjc.Contracts", "Sjc.ScoreServer", "Sjc.FieldOptimizer"],
        ["Sjc.TorchNativeMend"] = ["TorchSharp", "libtorch", "Grpc", "Google", "Microsoft.Extensions", "Microsoft.AspNetCore", "Serilog"],
        ["Sjc.Diffusion"] = ["Grpc", "Google", "Microsoft.Extensions", "Microsoft.AspNetCore", "Serilog", "Sjc.Contracts"],
        ["Sjc.RadianceField"] = ["TorchSharp", "libtorch", "Grpc", "Google", "Microsoft.Extensions", "Microsoft.AspNetCore", "Serilog", "Sjc.Contracts", "Sjc.Diffusion"],
        ["Sjc.ScoreServer"] = ["Sjc.FieldOptimizer", "Sjc.RadianceField"],
        ["Sjc.FieldOptimizer"] = ["Sjc.ScoreServer", "Sjc.Diffusion", "TorchSharp", "libtorch"],
        ["Sjc.Client"] = ["TorchSharp", "libtorch", "Microsoft.AspNetCore", "Grpc.AspNetCore", "Serilog", "SkiaSharp", "Sjc.Numerics", "Sjc.ScoreServer", "Sjc.FieldOptimizer"],
    };

    /// <summary>Inside a service: Api → Batching or Jobs → Models or Scoring, never back.</summary>
    private static readonly string[][] RoomsInOrder = [["Api"], ["Batching", "Jobs"], ["Models", "Scoring"]];

    public static TheoryData<string> ProductProjects => [.. AllowedProjects.Keys];

    /// <summary>Whatever is no test project: the product, its command line and its tools.</summary>
    public static TheoryData<string> AllButTests => [.. ProjectFiles().Select(Name).Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal)).Order()];

    [Fact]
    public void Projects_OfProduct_AreAllRuled() =>
        Assert.Equal(AllowedProjects.Keys.Order(), ProjectFiles().Where(path => path.Contains("/services/", StringComparison.Ordinal) || path.Contains("/clients/csharp/", StringComparison.Ordinal)).Select(Name).Order());

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void ProjectReferences_OfProduct_AreAllowed(string project)
    {
        IEnumerable<string> references = Items(project, "ProjectReference").Select(include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/')));
        Assert.Empty(references.Except(AllowedProjects[project]));
    }

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void PackagesAndUsings_OfProduct_AreNotForbidden(string project)
    {
        IEnumerable<string> packages = Items(project, "PackageReference").Concat(Items(project, "FrameworkReference"));
        IEnumerable<string> usings = Sources(project).SelectMany(path => UsingPattern().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value));
        Assert.Empty(packages.Concat(usings).Where(name => Forbidden[project].Any(prefix => IsWithin(name, prefix))).Distinct());
    }

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void Names_OfForbiddenProjects_DoNotOccur(string project)
    {
        string[] prefixes = [.. Forbidden[project].Where(prefix => prefix.StartsWith("Sjc.", StringComparison.Ordinal))];
        Assert.Empty(Sources(project).Where(path => prefixes.Any(prefix => Regex.IsMatch(Code(path), $@"\b{Regex.Escape(prefix)}\b"))).Select(Relative));
    }

    [Theory]
    [InlineData("Sjc.ScoreServer")]
    [InlineData("Sjc.FieldOptimizer")]
    public void Rooms_OfService_NeverNameAnOuterRoom(string project)
    {
        string folder = Path.GetDirectoryName(ProjectFile(project))!;
        List<string> violations = [];
        for (int inner = 1; inner < RoomsInOrder.Length; inner++)
        {
            string[] outer = [.. RoomsInOrder[..inner].SelectMany(rooms => rooms).Select(room => $"{project}.{room}")];
            IEnumerable<string> sources = RoomsInOrder[inner].SelectMany(room => Sources(project).Where(path => path.StartsWith($"{folder}/{room}/", StringComparison.Ordinal)));
            violations.AddRange(sources.Where(path => outer.Any(name => Regex.IsMatch(Code(path), $@"\b{Regex.Escape(name)}\b"))).Select(Relative));
        }

        Assert.Empty(violations);
    }

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void Namespaces_OfProduct_MirrorTheFolders(string project)
    {
        string folder = Path.GetDirectoryName(ProjectFile(project))!;
        IEnumerable<string> wrong = Sources(project)
            .Select(path => (Path: path, Match: NamespacePattern().Match(File.ReadAllText(path))))
            .Where(source => source.Match.Success && source.Match.Groups[1].Value != Expected(source.Path))
            .Select(source => $"{Relative(source.Path)}: {source.Match.Groups[1].Value}");
        Assert.Empty(wrong);

        string Expected(string path)
        {
            string rooms = Path.GetRelativePath(folder, Path.GetDirectoryName(path)!).Replace('/', '.');
            return rooms == "." ? project : $"{project}.{rooms}";
        }
    }

    /// <remarks>A namespace sees those around it without a using directive, and so belongs to them: <c>Rendering.Kernels</c> is a part of <c>Rendering</c>.</remarks>
    [Theory]
    [MemberData(nameof(AllButTests))]
    public void Namespaces_OfProject_UseNoneThatUsesThem(string project)
    {
        (string Namespace, string[] Used)[] files = [.. Sources(project)
            .Select(File.ReadAllText)
            .Where(text => NamespacePattern().IsMatch(text))
            .Select(text => (NamespacePattern().Match(text).Groups[1].Value, UsingPattern().Matches(text).Select(used => used.Groups[1].Value).ToArray()))];
        HashSet<string> namespaces = [.. files.Select(file => file.Namespace)];
        ILookup<string, string> uses = files
            .SelectMany(file => file.Used.Select(used => (file.Namespace, Used: namespaces.Contains(used) ? used : used[..Math.Max(used.LastIndexOf('.'), 0)])))
            .Where(edge => edge.Used != edge.Namespace && namespaces.Contains(edge.Used))
            .ToLookup(edge => edge.Namespace, edge => edge.Used);

        Assert.All(uses, room => Assert.DoesNotContain(room.Key, Reached(room.Key)));

        HashSet<string> Reached(string from)
        {
            HashSet<string> reached = [];
            Stack<string> open = new(uses[from]);
            while (open.TryPop(out string? next))
            {
                if (reached.Add(next))
                {
                    foreach (string used in uses[next])
                    {
                        open.Push(used);
                    }
                }
            }

            return reached;
        }
    }

    private static bool IsWithin(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && (name.Length == prefix.Length || name[prefix.Length] is '.' or '-');

    private static IEnumerable<string> ProjectFiles() =>
        Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories).Select(path => path.Replace('\\', '/')).Where(path => !IsBuildOutput(path));

    private static string ProjectFile(string project) => ProjectFiles().Single(path => Name(path) == project);

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path);

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Load(ProjectFile(project)).Descendants(kind).Select(item => (string?)item.Attribute("Include")).OfType<string>();

    /// <summary>A project's own sources: those of projects in its sub-folders are theirs.</summary>
    private static IEnumerable<string> Sources(string project)
    {
        string folder = Path.GetDirectoryName(ProjectFile(project))!;
        string[] nested = [.. ProjectFiles().Select(path => Path.GetDirectoryName(path)! + "/").Where(other => other.Length > folder.Length + 1 && other.StartsWith(folder + "/", StringComparison.Ordinal))];
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => path.Replace('\\', '/'))
            .Where(path => !IsBuildOutput(path) && !nested.Any(other => path.StartsWith(other, StringComparison.Ordinal)));
    }

    /// <summary>A file's text without comments.</summary>
    private static string Code(string path) => CommentPattern().Replace(File.ReadAllText(path), "");

    private static bool IsBuildOutput(string path) => path[Root.Length..].Split('/') is { } parts && (parts.Contains("obj") || parts.Contains("bin") || parts.Any(part => part.StartsWith('.')));

    private static string Relative(string path) => Path.GetRelativePath(Root, path);

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?:global::)?([A-Z][\w.]*)", RegexOptions.Multiline)]
    private static partial Regex UsingPattern();

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex CommentPattern();
}
