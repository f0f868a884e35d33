using System.Text.Json;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>A JSON or YAML file that configures a network, read with checks: each value by its key, with the default that a missing field means.</summary>
public sealed class ModelConfig
{
    private const int MaxBytes = 16 << 20;
    private const int MaxDepth = 32;

    private ModelConfig(string name, JsonElement root)
    {
        Name = name;
        Root = root;
    }

    /// <summary>What messages call it, such as "unet/config.json", or a section of it.</summary>
    public string Name { get; }

    /// <summary>The object itself; a YAML mapping as the JSON that says the same.</summary>
    public JsonElement Root { get; }

    /// <summary>Reads a file: YAML where its name ends in .yaml or .yml, else JSON.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InvalidDataException">It is neither a JSON object nor a YAML mapping, or over 16 MiB.</exception>
    public static ModelConfig Read(string path, string name)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length > MaxBytes)
        {
            throw new InvalidDataException($"{name} must be at most {MaxBytes} bytes, but is {stream.Length}.");
        }

        byte[] contents = new byte[stream.Length];
        stream.ReadExactly(contents);
        return Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml" ? ParseYaml(contents, name) : Parse(contents, name);
    }

    /// <summary>Reads bytes of YAML: one document with a mapping, whose tags are passed over and never make objects.</summary>
    /// <exception cref="InvalidDataException">They are no such document.</exception>
    public static ModelConfig ParseYaml(ReadOnlyMemory<byte> yaml, string name) => new(name, YamlTree.Read(yaml, name, MaxDepth));

    /// <summary>Reads bytes of JSON.</summary>
    /// <exception cref="InvalidDataException">They are not a JSON object.</exception>
    public static ModelConfig Parse(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            ReadOnlyMemory<byte> text = json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            RequireUnicode(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ModelConfig(name, document.RootElement.Clone())
                : throw new InvalidDataException($"{name} must be a JSON object, but is {document.RootElement.ValueKind}.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{name} must be valid JSON, but is not: {exception.Message}", exception);
        }
    }

    /// <summary>Whether a key is there with a value that is not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>An object inside; null where there is none.</summary>
    /// <param name="path">Keys joined by dots, such as "model.params".</param>
    public ModelConfig? Section(string path) => Find(path) is { ValueKind: JsonValueKind.Object } section ? new ModelConfig($"{Name}: {path}", section) : null;

    /// <summary>A text; the fallback where the key is missing or null.</summary>
    /// <exception cref="InvalidDataException">The value is no text.</exception>
    public string Text(string key, string fallback) => Find(key) is { } value ? value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Fault(key, "a text", value) : fallback;

    /// <summary>A whole number of 32 bits; the fallback where the key is missing or null.</summary>
    /// <exception cref="InvalidDataException">The value is no such number.</exception>
    public int WholeNumber(string key, int fallback) => Find(key) is { } value ? AsWholeNumber(key, value) : fallback;

    /// <summary>A finite number; the fallback where the key is missing or null.</summary>
    /// <exception cref="InvalidDataException">The value is no such number.</exception>
    public double Number(string key, double fallback) =>
        Find(key) is { } value ? value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Fault(key, "a number", value) : fallback;

    /// <summary>True or false; the fallback where the key is missing or null.</summary>
    /// <exception cref="InvalidDataException">The value is neither.</exception>
    public bool Flag(string key, bool fallback) =>
        Find(key) is { } value ? value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Fault(key, "true or false", value) : fallback;

    /// <summary>A list of whole numbers; a single one is a list of one. Null where the key is missing or null.</summary>
    /// <exception cref="InvalidDataException">The value is neither.</exception>
    public IReadOnlyList<int>? WholeNumbers(string key) => Find(key) is { } value ? value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => AsWholeNumber(key, item))] : [AsWholeNumber(key, value)] : null;

    /// <summary>A list of texts. Null where the key is missing or null.</summary>
    /// <exception cref="InvalidDataException">The value is none.</exception>
    public IReadOnlyList<string>? Texts(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : throw Fault(key, "a list of texts", value);
    }

    private JsonElement? Find(string path)
    {
        JsonElement element = Root;
        foreach (string key in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(key, out element))
            {
                return null;
            }
        }

        return element.ValueKind == JsonValueKind.Null ? null : element;
    }

    private int AsWholeNumber(string key, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Fault(key, "a whole number", value);

    /// <summary>Texts are decoded when they are looked at: do so here, where what cannot be decoded is a fault of the file.</summary>
    /// <exception cref="InvalidOperationException">A text or key is no Unicode.</exception>
    private static void RequireUnicode(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    RequireUnicode(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    RequireUnicode(property.Value);
                }

                break;
        }
    }

    private InvalidDataException Fault(string key, string rule, JsonElement value)
    {
        string text = value.GetRawText();
        return new InvalidDataException($"{key} of {Name} must be {rule}, but is {(text.Length <= 80 ? text : text[..80] + "…")}.");
    }
}
