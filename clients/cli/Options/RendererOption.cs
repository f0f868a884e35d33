using System.CommandLine;
using Sjc.RadianceField.Rendering;

namespace Sjc.Cli.Options;

/// <summary><c>--renderer</c>: where the optimizer in this process renders.</summary>
internal static class RendererOption
{
    /// <summary>auto, cpu or cuda:N; null where it is not given.</summary>
    public static Option<string?> Create() => new("--renderer")
    {
        Description = "Where to render: the processor, the GPU N, or the first GPU where it passes a check [auto].",
        HelpName = "auto|cpu|cuda:N",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (RendererChoice.TryParse(text, out _))
            {
                return text;
            }

            result.AddError($"--renderer must be auto, cpu or cuda:N, but is {text}.");
            return null;
        },
    };

    /// <summary>The service's setting.</summary>
    public static string[] Settings(string? renderer) => renderer is null ? [] : [$"--Optimizer:Renderer={renderer}"];
}
