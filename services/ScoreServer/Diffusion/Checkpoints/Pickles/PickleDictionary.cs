namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>A dictionary of a pickle, in order of insertion.</summary>
public sealed class PickleDictionary
{
    private readonly List<string> names = [];
    private readonly Dictionary<string, object?> values = new(StringComparer.Ordinal);
    private readonly List<object?> unnamed = [];

    /// <summary>The keys that are strings, in order.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The entries whose keys are strings, in order.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Entries => names.Select(name => KeyValuePair.Create(name, values[name]));

    /// <summary>The values under keys that are no strings.</summary>
    public IReadOnlyList<object?> UnnamedValues => unnamed;

    /// <summary>A value by its key; null where there is none.</summary>
    public object? this[string name] => values.GetValueOrDefault(name);

    /// <summary>Whether a string is a key.</summary>
    public bool Contains(string name) => values.ContainsKey(name);

    internal void Set(object? key, object? value)
    {
        if (key is not string name)
        {
            unnamed.Add(value);
            return;
        }

        if (!values.ContainsKey(name))
        {
            names.Add(name);
        }

        values[name] = value;
    }
}
