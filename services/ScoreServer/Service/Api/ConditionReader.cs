using Microsoft.Extensions.Options;
using Sjc.Contracts.Errors;
using Sjc.Contracts.Score.V1;
using Sjc.Diffusion;
using Sjc.ScoreServer.Models;
using ConditioningKind = Sjc.Diffusion.ConditioningKind;

namespace Sjc.ScoreServer.Api;

/// <summary>From conditions on the wire to a model's.</summary>
internal sealed class ConditionReader(PromptCache prompts, IOptions<ApiOptions> options)
{
    /// <summary>What an image is denoised towards, and what guidance leads away from.</summary>
    /// <param name="model">The model.</param>
    /// <param name="conditioning">From the wire.</param>
    /// <param name="field">Its path, for the violations.</param>
    /// <param name="faults">Receives every fault; the result counts only where there is none.</param>
    public (Condition Condition, Condition Negative) Read(LoadedModel model, Conditioning conditioning, string field, RequestFaults faults)
    {
        Condition condition = conditioning.ConditionCase switch
        {
            Conditioning.ConditionOneofCase.Prompt => ReadPrompt(model, conditioning.Prompt, $"{field}.prompt", faults),
            Conditioning.ConditionOneofCase.PromptHandle => ReadHandle(model, conditioning.PromptHandle, $"{field}.prompt_handle", faults),
            Conditioning.ConditionOneofCase.ClassLabel => ReadLabel(model, conditioning.ClassLabel, $"{field}.class_label", faults),
            _ => model.Denoiser.Unconditional,
        };
        Condition negative = conditioning.NegativeConditionCase switch
        {
            Conditioning.NegativeConditionOneofCase.NegativePrompt => ReadPrompt(model, conditioning.NegativePrompt, $"{field}.negative_prompt", faults),
            Conditioning.NegativeConditionOneofCase.NegativePromptHandle =>
                ReadHandle(model, conditioning.NegativePromptHandle, $"{field}.negative_prompt_handle", faults),
            _ => model.Denoiser.Unconditional,
        };
        return (condition, negative);
    }

    /// <summary>A prompt's encoding and handle; null where the model refuses it.</summary>
    public (string Handle, PromptEncoding Encoding)? Encode(LoadedModel model, string prompt, string field, FieldViolations violations)
    {
        if (!RequireKind(model, ConditioningKind.Prompt, field, violations)
            || !violations.Require(prompt.Length <= options.Value.MaxPromptCharacters, field, $"have at most {options.Value.MaxPromptCharacters} characters", prompt.Length))
        {
            return null;
        }

        try
        {
            return prompts.Encode(model, prompt);
        }
        catch (ArgumentException exception)
        {
            violations.Add(new FieldViolation(field, Describe(exception)));
            return null;
        }
    }

    /// <summary>The exception's own sentence, without the parameter that .NET appends.</summary>
    private static string Describe(ArgumentException exception)
    {
        int suffix = exception.ParamName is null ? -1 : exception.Message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return suffix < 0 ? exception.Message : exception.Message[..suffix];
    }

    private Condition ReadPrompt(LoadedModel model, string prompt, string field, RequestFaults faults) =>
        prompt.Length == 0 ? model.Denoiser.Unconditional : Encode(model, prompt, field, faults.Violations)?.Encoding.Condition ?? model.Denoiser.Unconditional;

    private Condition ReadHandle(LoadedModel model, string handle, string field, RequestFaults faults)
    {
        if (!RequireKind(model, ConditioningKind.Prompt, field, faults.Violations)
            || !faults.Violations.Require(handle.Length == 64 && handle.All(char.IsAsciiHexDigitLower), field, "be a handle from EncodePrompts", handle))
        {
            return model.Denoiser.Unconditional;
        }

        if (prompts.TryGet(model, handle, out PromptEncoding? encoding))
        {
            return encoding.Condition;
        }

        faults.AddUnknownHandle(field, model.Name);
        return model.Denoiser.Unconditional;
    }

    private static Condition ReadLabel(LoadedModel model, uint label, string field, RequestFaults faults) =>
        RequireKind(model, ConditioningKind.ClassLabel, field, faults.Violations)
            && faults.Violations.Require(label < model.Description.ClassCount, field, $"be in [0, {model.Description.ClassCount})", label)
            ? model.Denoiser.EncodeClassLabel((int)label)
            : model.Denoiser.Unconditional;

    private static bool RequireKind(LoadedModel model, ConditioningKind kind, string field, FieldViolations violations)
    {
        string takes = model.Description.Conditioning switch
        {
            ConditioningKind.Prompt => "is conditioned by prompts",
            ConditioningKind.ClassLabel => "is conditioned by class labels",
            _ => "takes no condition",
        };
        return violations.Require(model.Description.Conditioning == kind, field, $"be unset for {model.Name}, which {takes}", "set");
    }
}
