using System.CommandLine;
using System.Globalization;
using Sjc.Cli.Options;
using Sjc.Diffusion;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using Spectre.Console;

namespace Sjc.Cli.Commands;

/// <summary><c>sjc models inspect</c>: what a checkpoint is, without loading it.</summary>
internal static class ModelsInspectCommand
{
    public static Command Create(CliConsole console)
    {
        ModelFileOptions files = new();
        Command command = new("inspect", "What a checkpoint is: kind, parts, parameters, data shape, σ range, conditioning, and the memory that it will take.");
        files.AddTo(command);
        command.SetAction(parsed => Run(console, files.Read(parsed)));
        return command;
    }

    private static int Run(CliConsole console, ModelLoadOptions options)
    {
        ModelInspection model = ModelFileOptions.Guard(() => ModelFamilies.Inspect(options));
        WriteFacts(console, model, options);
        WriteParts(console, model);
        WriteMemory(console, model, options);
        return ExitCode.Success;
    }

    private static void WriteFacts(CliConsole console, ModelInspection model, ModelLoadOptions options)
    {
        List<(string Name, string Value)> facts =
        [
            ("kind", model.Kind + (model.Variant.Length > 0 ? $", {model.Variant}" : "")),
            ("data shape", $"{model.DataShape} ({(model.DataSpace == DataSpace.Latent ? "latents" : "pixels")})"),
            ("σ range", string.Create(CultureInfo.InvariantCulture, $"[{model.SigmaMin:G6}, {model.SigmaMax:G6}]")),
            ("conditioning", Conditioning(model)),
            ("computes in", $"{DataTypeNames.NameOf(model.ComputeType)} on {options.Device}"),
            ("parameters", model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture)),
            .. model.Settings.Select(setting => (setting.Key, setting.Value)),
        ];
        int width = facts.Max(fact => fact.Name.Length);
        foreach ((string name, string value) in facts)
        {
            console.WriteLine($"{name.PadRight(width)}  {value}");
        }
    }

    private static string Conditioning(ModelInspection model) => model.Conditioning switch
    {
        ConditioningKind.Prompt => "prompt",
        ConditioningKind.ClassLabel => $"class label, {model.ClassCount} classes",
        _ => "none",
    };

    private static void WriteParts(CliConsole console, ModelInspection model)
    {
        Table parts = new Table().AddColumn("part").AddColumn(new TableColumn("parameters").RightAligned()).AddColumn("stored as");
        foreach (ModelPart part in model.Parts)
        {
            parts.AddRow(Markup.Escape(part.Name), part.ParameterCount.ToString("N0", CultureInfo.InvariantCulture), Markup.Escape(part.StoredTypes));
        }

        console.Output.Write(parts);
    }

    private static void WriteMemory(CliConsole console, ModelInspection model, ModelLoadOptions options)
    {
        Table memory = new Table().AddColumn("memory for weights");
        foreach (TorchSharp.torch.ScalarType type in DataTypeNames.ComputeTypes)
        {
            memory.AddColumn(new TableColumn(DataTypeNames.NameOf(type)).RightAligned());
        }

        foreach (string device in TorchRuntime.Devices())
        {
            TorchSharp.torch.ScalarType used = (options with { Device = device }).EffectiveComputeType;
            memory.AddRow([device, .. DataTypeNames.ComputeTypes.Select(type => $"{model.WeightBytes(type) / 1e6:N1} MB{(type == used ? " *" : "")}")]);
        }

        console.Output.Write(memory);
        console.WriteLine("* what it computes in there; activations come on top.");
    }
}
