using System.Text.Json;
using Sjc.Diffusion.Shapes;
using Sjc.Diffusion.Text;
using Sjc.Numerics.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks;

/// <summary>The weights file of a <see cref="ShapesDenoiser"/>: f16 tensors under the network's own names; sizes, vocabulary and training figures as metadata.</summary>
internal static class ShapesWeights
{
    private const string OptionsKey = "options";
    private const string VocabularyKey = "vocabulary";
    private const string FormatKey = "format";
    private const string Format = "sjc-shapes-1";

    /// <summary>Writes the weights in half precision.</summary>
    /// <param name="network">Whose parameters.</param>
    /// <param name="vocabulary">Of its text encoder.</param>
    /// <param name="figures">What training and validation measured, for people.</param>
    /// <param name="path">Replaced atomically.</param>
    public static void Write(ShapesNetwork network, Vocabulary vocabulary, IReadOnlyDictionary<string, string> figures, string path)
    {
        SafetensorsWriter writer = new SafetensorsWriter()
            .Metadata(FormatKey, Format)
            .Metadata(OptionsKey, JsonSerializer.Serialize(network.Options))
            .Metadata(VocabularyKey, JsonSerializer.Serialize(vocabulary.Words))
            .Metadata("view_wording", JsonSerializer.Serialize(ShapeViewWords.Wording));
        foreach ((string key, string value) in figures)
        {
            writer.Metadata(key, value);
        }

        foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
        {
            using Tensor half = parameter.detach().cpu().to(ScalarType.Float16).contiguous();
            writer.Add(name, SafetensorsDataType.F16, half.bytes, parameter.shape);
        }

        writer.WriteAtomically(path);
    }

    /// <summary>Loads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file has another format, or lacks a tensor.</exception>
    public static ShapesDenoiser Load(string path, Device device)
    {
        (SafetensorsFile file, ShapesNetworkOptions options, Vocabulary vocabulary) = Open(path);
        ShapesNetwork network = new(options);
        Read(network, file, "");
        network.eval();
        network.to(device);
        return new ShapesDenoiser(network, vocabulary, ShapeHints.Network, device, ownsNetwork: true);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, up to the tensors' values.</summary>
    /// <exception cref="InvalidDataException">The file has another format.</exception>
    public static (SafetensorsFile File, ShapesNetworkOptions Options, Vocabulary Vocabulary) Open(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        return file.Metadata.GetValueOrDefault(FormatKey) is Format
            ? (file, JsonSerializer.Deserialize<ShapesNetworkOptions>(file.Metadata[OptionsKey])!, new Vocabulary(JsonSerializer.Deserialize<string[]>(file.Metadata[VocabularyKey])!))
            : throw new InvalidDataException($"{path} must have metadata {FormatKey} = {Format}, but has {file.Metadata.GetValueOrDefault(FormatKey) ?? "none"}.");
    }

    /// <summary>Copies tensors of a file into a network's parameters.</summary>
    /// <param name="network">Whose parameters.</param>
    /// <param name="file">Holds them under <paramref name="prefix"/> + name.</param>
    /// <param name="prefix">May be empty.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public static void Read(ShapesNetwork network, SafetensorsFile file, string prefix)
    {
        using IDisposable untracked = no_grad();
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
        {
            string key = prefix + name;
            if (!file.Contains(key) || !file.Entry(key).Shape.SequenceEqual(parameter.shape))
            {
                throw new InvalidDataException($"The file must hold a tensor {key} of shape [{string.Join(", ", parameter.shape)}], but has none.");
            }

            using Tensor values = tensor(file.Floats(key)).view(parameter.shape);
            parameter.copy_(values);
        }
    }
}
