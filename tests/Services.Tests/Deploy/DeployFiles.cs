using Sjc.Golden;
using YamlDotNet.RepresentationModel;

namespace Sjc.Services.Tests.Deploy;

/// <summary>The files under deploy/.</summary>
internal static class DeployFiles
{
    /// <summary>A path below deploy/.</summary>
    public static string PathOf(string name) => Path.Combine(GoldenFolder.RepositoryRoot, "deploy", name);

    public static string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>A YAML file's only document.</summary>
    public static YamlMappingNode ReadYaml(string name) => (YamlMappingNode)Assert.Single(ParseAll(Read(name)));

    /// <summary>The documents of a YAML text, with merged mappings as such.</summary>
    public static YamlNode[] ParseAll(string text)
    {
        YamlStream stream = [];
        using StringReader reader = new(text);
        stream.Load(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(reader)));
        return [.. stream.Select(document => document.RootNode)];
    }

    /// <summary>The node at a path of keys; null: there is none.</summary>
    public static YamlNode? At(this YamlNode? node, params string[] keys) =>
        keys.Aggregate(node, (current, key) => current is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? child) ? child : null);

    /// <summary>A node's text.</summary>
    public static string Text(this YamlNode? node) => Assert.IsType<YamlScalarNode>(node).Value!;

    /// <summary>The texts of a list; empty where there is none.</summary>
    public static string[] Texts(this YamlNode? node) => [.. ((YamlSequenceNode?)node ?? []).Select(item => item.Text())];
}
