using System.CommandLine;
using System.Diagnostics;
using Sjc.Cli.Options;
using Sjc.Diffusion;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Spectre.Console;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc models verify</c>: loads a checkpoint and uses it a little.</summary>
internal static class ModelsVerifyCommand
{
    public static Command Create(CliConsole console)
    {
        ModelFileOptions files = new();
        Option<string?> prompt = CliOptions.Text("--prompt", "PROMPT", "A condition for models that take one [a red car].");
        Command command = new("verify", "Load a checkpoint and check that it computes: finite, rows apart, conditions, latents.") { prompt };
        files.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(console, files.Read(parsed), parsed.GetValue(prompt) ?? "a red car", cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(CliConsole console, ModelLoadOptions options, string prompt, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using IDenoiser denoiser = ModelFileOptions.Guard(() => ModelFamilies.Open(options));
        console.WriteLine($"Loaded {denoiser.Description.Kind} with {denoiser.Description.ParameterCount:N0} parameters in {watch.Elapsed.TotalSeconds:F1} s.");
        bool sound = true;
        foreach (ModelCheck check in ModelSelfCheck.Run(denoiser, options.EffectiveComputeType, prompt))
        {
            cancellationToken.ThrowIfCancellationRequested();
            (string mark, string colour) = check.Passed switch
            {
                true => ("ok  ", "green"),
                false => ("FAIL", "red"),
                null => ("note", "yellow"),
            };
            console.Output.MarkupLine($"[{colour}]{mark}[/]  {Markup.Escape(check.Name),-28} {Markup.Escape(check.Detail)}");
            sound &= check.Passed != false;
        }

        console.WriteLine(sound ? "The model computes as it should." : "The model does not compute as it should: see the lines marked FAIL.");
        return sound ? ExitCode.Success : ExitCode.Failure;
    }
}
