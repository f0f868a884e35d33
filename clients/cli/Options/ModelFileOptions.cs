using System.CommandLine;
using Sjc.Diffusion.Checkpoints;
using TorchSharp;

namespace Sjc.Cli.Options;

/// <summary>Arguments that name a model's files and how to load them.</summary>
internal sealed class ModelFileOptions
{
    private readonly Argument<string> path = new("path") { Description = "A checkpoint: a file (.safetensors, .ckpt, .pt, .pth) or a folder." };
    private readonly Option<string?> kind = CliOptions.Text("--kind", "KIND", "The family [told by the files].");
    private readonly Option<string?> dataType = CliOptions.Text("--dtype", "f32|f16|bf16", "What to compute in [f32 on a CPU, f16 on a GPU].");
    private readonly Option<string?> device = CliOptions.Text("--device", "DEVICE", "Where to compute, such as cuda:0 [cpu].");
    private readonly Option<string[]> flags = new("--flag")
    {
        Description = "What the files do not tell, such as attention_order=legacy or config=PATH; may be repeated.",
        HelpName = "NAME=VALUE",
        DefaultValueFactory = _ => [],
    };

    public ModelFileOptions() => dataType.AcceptOnlyFromAmong("f32", "f16", "bf16");

    /// <summary>Adds all to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(path);
        foreach (Option option in (Option[])[kind, dataType, device, flags])
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">A flag is no NAME=VALUE, or is given twice.</exception>
    public ModelLoadOptions Read(ParseResult parsed)
    {
        return new ModelLoadOptions
        {
            Path = parsed.GetRequiredValue(path),
            Kind = parsed.GetValue(kind) ?? "",
            ComputeType = parsed.GetValue(dataType) is { } name ? DataTypeNames.Parse(name) : null,
            Device = parsed.GetValue(device) ?? "cpu",
            Flags = CliOptions.ReadPairs(flags.Name, parsed.GetValue(flags)!),
        };
    }

    /// <summary>Runs what reads the files, with their faults as the command's.</summary>
    public static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException exception)
        {
            throw CommandException.Failure(exception.Message, exception);
        }
        catch (ArgumentException exception)
        {
            // Without the name of the parameter in the code, which .NET appends.
            throw CommandException.Usage(exception.Message.Split(" (Parameter '")[0]);
        }
    }
}
