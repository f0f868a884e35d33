using System.Text.Json;
using Sjc.Diffusion.Networks;
using Sjc.Numerics.Safetensors;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Training;

/// <summary>All of a trainer's state in one file: weights, their average, Adam's moments, the step.</summary>
internal static class TrainingCheckpoint
{
    /// <summary>Writes to a temporary file and renames it.</summary>
    public static void Save(ShapesTrainer trainer, string path)
    {
        SafetensorsWriter writer = new SafetensorsWriter()
            .Metadata("format", "sjc-shapes-training-1")
            .Metadata("step", trainer.Steps.ToString())
            .Metadata("options", JsonSerializer.Serialize(trainer.Options))
            .Metadata("vocabulary", JsonSerializer.Serialize(trainer.Vocabulary.Words));
        AddAll(writer, "model.", trainer.Network.named_parameters().Select(parameter => (parameter.name, (Tensor)parameter.parameter)));
        AddAll(writer, "average.", trainer.Average.named_parameters().Select(parameter => (parameter.name, (Tensor)parameter.parameter)));
        AddAll(writer, "adam.first.", trainer.Adam.Names.Zip(trainer.Adam.First));
        AddAll(writer, "adam.second.", trainer.Adam.Names.Zip(trainer.Adam.Second));
        writer.WriteAtomically(path);
    }

    /// <summary>The options of the run that wrote a checkpoint.</summary>
    public static TrainingOptions ReadOptions(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        return JsonSerializer.Deserialize<TrainingOptions>(file.Metadata["options"])!;
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The checkpoint belongs to another catalogue or network.</exception>
    public static void Load(ShapesTrainer trainer, string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        string[] words = JsonSerializer.Deserialize<string[]>(file.Metadata["vocabulary"])!;
        if (!words.SequenceEqual(trainer.Vocabulary.Words))
        {
            throw new InvalidDataException($"{path} must have the catalogue's vocabulary, but has: {string.Join(" ", words)}.");
        }

        ShapesWeights.Read(trainer.Network, file, "model.");
        ShapesWeights.Read(trainer.Average, file, "average.");
        using IDisposable untracked = no_grad();
        foreach ((string name, int i) in trainer.Adam.Names.Select((name, i) => (name, i)))
        {
            using Tensor first = tensor(file.Floats("adam.first." + name)).view(trainer.Adam.First[i].shape);
            using Tensor second = tensor(file.Floats("adam.second." + name)).view(trainer.Adam.Second[i].shape);
            trainer.Adam.First[i].copy_(first);
            trainer.Adam.Second[i].copy_(second);
        }

        trainer.Steps = long.Parse(file.Metadata["step"]);
    }

    private static void AddAll(SafetensorsWriter writer, string prefix, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        foreach ((string name, Tensor value) in tensors)
        {
            using Tensor host = value.detach().cpu().contiguous();
            writer.Add(prefix + name, SafetensorsDataType.F32, host.bytes, value.shape);
        }
    }
}
