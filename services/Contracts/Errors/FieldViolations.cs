namespace Sjc.Contracts.Errors;

/// <summary>Collects the faults of one request, so that its sender learns of all of them at once.</summary>
public sealed class FieldViolations
{
    /// <summary>Violations kept; a malformed list of thousands need not come back as thousands of messages.</summary>
    public const int Capacity = 32;

    private const int MaxActualLength = 120;

    private readonly List<FieldViolation> _items = [];

    /// <summary>The faults so far, the first <see cref="Capacity"/> of them.</summary>
    public IReadOnlyList<FieldViolation> Items => _items;

    /// <summary>Whether there is at least one fault.</summary>
    public bool Any => _items.Count > 0;

    /// <summary>Adds "{field} must {rule}, but is {actual}."; a missing or empty value is called so, a long one is cut.</summary>
    public void Add(string field, string rule, object? actual) =>
        Add(new FieldViolation(field, $"{field} must {rule}, but is {Describe(actual)}."));

    /// <summary>Adds a fault that is worded elsewhere.</summary>
    public void Add(FieldViolation violation)
    {
        if (_items.Count < Capacity)
        {
            _items.Add(violation);
        }
    }

    /// <summary>Adds the fault unless <paramref name="condition"/> holds.</summary>
    /// <returns><paramref name="condition"/>.</returns>
    public bool Require(bool condition, string field, string rule, object? actual)
    {
        if (!condition)
        {
            Add(field, rule, actual);
        }

        return condition;
    }

    /// <summary>Ends the examination.</summary>
    /// <exception cref="InvalidRequestException">There is at least one fault.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new InvalidRequestException(Items);
        }
    }

    private static string Describe(object? actual) => actual switch
    {
        null => "missing",
        string { Length: 0 } => "empty",
        string { Length: > MaxActualLength } text => $"{text[..MaxActualLength]}…",
        _ => actual.ToString() ?? "missing",
    };
}
