using Microsoft.Extensions.Options;
using Sjc.Client;

namespace Sjc.FieldOptimizer.Scoring;

/// <summary>Checks the settings of the scorer's client, named as they are configured.</summary>
internal sealed class ScorerOptionsValidation : IValidateOptions<ServiceClientOptions>
{
    public const string Section = "Scorer";

    public ValidateOptionsResult Validate(string? name, ServiceClientOptions options)
    {
        string[] faults = [.. options.Faults().Select(fault => $"{Section}:{fault}")];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
