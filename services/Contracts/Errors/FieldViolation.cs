namespace Sjc.Contracts.Errors;

/// <summary>One fault of a request.</summary>
/// <param name="Field">Path of the field within the message, such as <c>images.data</c> or <c>sigmas[3]</c>.</param>
/// <param name="Description">"{name} must {rule}, but is {actual}."</param>
public sealed record FieldViolation(string Field, string Description);
