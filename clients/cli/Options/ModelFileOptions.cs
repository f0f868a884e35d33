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
    private readonly Option<string> device = new("--device") { Description = "cpu, cuda:0, …", DefaultValueFactory = _ => "cpu" };
    private readonly Option<string[]> flags = new("--flag")
    {
        Description = "What the files do not tell, NAME=VALUE, such as attention_order=legacy or config=PATH; any number of times.",
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
        Dictionary<string, string> given = [];
        foreach (string flag in parsed.GetValue(flags)!)
        {
            int equals = flag.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !given.TryAdd(flag[..equals], flag[(equals + 1)..]))
            {
                throw CommandException.Usage($"--flag must be NAME=VALUE with different names, but is {flag}.");
            }
        }

        return new ModelLoadOptions
        {
            Path = parsed.GetRequiredValue(path),
            Kind = parsed.GetValue(kind) ?? "",
            ComputeType = parsed.GetValue(dataType) is { } name ? DataTypeNames.Parse(name) : null,
            Device = parsed.GetValue(device)!,
            Flags = given,
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
