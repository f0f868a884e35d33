namespace Sjc.Contracts.Errors;

/// <summary>A request that breaks the contract; becomes INVALID_ARGUMENT with google.rpc.BadRequest.</summary>
public sealed class InvalidRequestException : Exception
{
    /// <summary>A refusal for at least one fault.</summary>
    public InvalidRequestException(IReadOnlyList<FieldViolation> violations)
        : base(string.Join(' ', violations.Select(violation => violation.Description)))
    {
        if (violations.Count == 0)
        {
            throw new ArgumentException("violations must hold at least one fault, but is empty.", nameof(violations));
        }

        Violations = [.. violations];
    }

    /// <summary>A refusal for one fault: "{field} must {rule}, but is {actual}."</summary>
    public InvalidRequestException(string field, string rule, string actual)
        : this([new FieldViolation(field, $"{field} must {rule}, but is {actual}.")])
    {
    }

    /// <summary>All faults that were found, at least one.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; }
}
