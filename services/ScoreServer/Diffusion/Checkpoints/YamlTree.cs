using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>A YAML document as the JSON that says the same.</summary>
/// <remarks>Built from the parser's events: tags such as <c>!!python/object</c> are passed over, and make no objects. Depth is checked before anything recurses, and
/// what aliases repeat is counted, so that a small file cannot become a large tree. Plain scalars are read by YAML 1.2's core schema.</remarks>
internal sealed partial class YamlTree
{
    private const int MaxNodes = 100_000;

    private readonly Queue<ParsingEvent> events;
    private readonly Dictionary<AnchorName, JsonNode?> anchors = [];
    private int nodes;

    private YamlTree(Queue<ParsingEvent> events) => this.events = events;

    /// <summary>Reads the one document of a file.</summary>
    /// <param name="yaml">UTF-8.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="maxDepth">Levels of mappings and sequences.</param>
    /// <exception cref="InvalidDataException">It is no YAML document with a mapping, nests deeper, or has over 100 000 nodes.</exception>
    public static JsonElement Read(ReadOnlyMemory<byte> yaml, string name, int maxDepth)
    {
        try
        {
            YamlTree tree = new(Events(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(yaml.Span).TrimStart('\uFEFF'), maxDepth));
            JsonNode? root = tree.events.Count > 0 ? tree.Node() : null;
            if (tree.events.Count > 0)
            {
                throw new InvalidDataException($"{name} must hold one YAML document, but holds more.");
            }

            if (root is not JsonObject)
            {
                throw new InvalidDataException($"{name} must be a YAML mapping, but is {(root is null ? "empty" : root.GetValueKind())}.");
            }

            // Aliases can nest deeper than the text does.
            using JsonDocument document = JsonDocument.Parse(root.ToJsonString(), new JsonDocumentOptions { MaxDepth = maxDepth });
            return document.RootElement.Clone();
        }
        catch (Exception exception) when (exception is YamlException or JsonException or DecoderFallbackException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"{name} must be valid YAML, but is not: {exception.Message}", exception);
        }
    }

    /// <summary>The nodes' events alone, once their number and depth are known to be bounded.</summary>
    private static Queue<ParsingEvent> Events(string text, int maxDepth)
    {
        Queue<ParsingEvent> events = [];
        Parser parser = new(new Scanner(new StringReader(text)));
        for (int depth = 0; parser.MoveNext();)
        {
            ParsingEvent current = parser.Current!;
            if (current is NodeEvent or MappingEnd or SequenceEnd or AnchorAlias)
            {
                events.Enqueue(current);
            }

            depth += current is MappingStart or SequenceStart ? 1 : current is MappingEnd or SequenceEnd ? -1 : 0;
            if (depth > maxDepth || events.Count > 2 * MaxNodes)
            {
                throw new YamlException(current.Start, current.End, depth > maxDepth ? $"it nests deeper than {maxDepth} levels" : $"it has over {MaxNodes} nodes");
            }
        }

        return events;
    }

    private JsonNode? Node()
    {
        ParsingEvent current = events.Dequeue();
        Count(1, current);
        JsonNode? node = current switch
        {
            Scalar scalar => Value(scalar),
            MappingStart => Mapping(),
            SequenceStart => Sequence(),
            AnchorAlias alias => Repeated(alias),
            _ => throw new YamlException(current.Start, current.End, "a value is missing"),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            anchors[anchored.Anchor] = node;
        }

        return node;
    }

    private JsonObject Mapping()
    {
        JsonObject mapping = [];
        while (events.Peek() is not MappingEnd)
        {
            ParsingEvent key = events.Dequeue();
            if (key is not Scalar scalar)
            {
                throw new YamlException(key.Start, key.End, "keys must be scalars");
            }

            if (mapping.ContainsKey(scalar.Value))
            {
                throw new YamlException(key.Start, key.End, $"the key {scalar.Value} is there twice");
            }

            mapping[scalar.Value] = Node();
        }

        events.Dequeue();
        return mapping;
    }

    private JsonArray Sequence()
    {
        JsonArray sequence = [];
        while (events.Peek() is not SequenceEnd)
        {
            sequence.Add(Node());
        }

        events.Dequeue();
        return sequence;
    }

    private JsonNode? Repeated(AnchorAlias alias)
    {
        // An anchor of a node that is still being read is not there yet: nothing can contain itself.
        if (!anchors.TryGetValue(alias.Value, out JsonNode? node))
        {
            throw new YamlException(alias.Start, alias.End, $"the alias {alias.Value} names nothing before it");
        }

        Count(Size(node), alias);
        return node?.DeepClone();
    }

    private void Count(int more, ParsingEvent where)
    {
        nodes += more;
        if (nodes > MaxNodes)
        {
            throw new YamlException(where.Start, where.End, $"it has over {MaxNodes} nodes");
        }
    }

    private static int Size(JsonNode? node) => node switch
    {
        JsonObject mapping => 1 + mapping.Sum(pair => Size(pair.Value)),
        JsonArray sequence => 1 + sequence.Sum(Size),
        _ => 1,
    };

    private static JsonValue? Value(Scalar scalar)
    {
        string text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when WholePattern().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => JsonValue.Create(whole),
            _ when NumberPattern().IsMatch(text) && double.Parse(text, CultureInfo.InvariantCulture) is double number && double.IsFinite(number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex WholePattern();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex NumberPattern();
}
