using Sjc.Numerics.Safetensors;
using TorchSharp;

namespace Sjc.Diffusion.Checkpoints.Fabrication;

/// <summary>Writes full-size checkpoints of seeded random weights, so that loading and speed can be measured where there are no trained ones.</summary>
public sealed class CheckpointFabrication
{
    private readonly IReadOnlyList<FabricatedPart> parts;
    private readonly SafetensorsDataType storedType;

    private CheckpointFabrication(IReadOnlyList<FabricatedPart> parts, SafetensorsDataType storedType)
    {
        this.parts = parts;
        this.storedType = storedType;
    }

    /// <summary>What can be fabricated.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["sd15"];

    /// <summary>Parameters in all.</summary>
    public long ParameterCount => parts.Sum(part => part.ElementCount);

    /// <summary>Bytes of all weights.</summary>
    public long WeightByteCount => ParameterCount * SafetensorsHeader.ElementSize(storedType);

    /// <summary>Plans a checkpoint.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="storedType">float16 or float32.</param>
    /// <exception cref="ArgumentException">Neither kind nor type is known.</exception>
    public static CheckpointFabrication Plan(string kind, torch.ScalarType storedType)
    {
        TorchRuntime.Initialize();
        SafetensorsDataType type = storedType switch
        {
            torch.ScalarType.Float16 => SafetensorsDataType.F16,
            torch.ScalarType.Float32 => SafetensorsDataType.F32,
            _ => throw new ArgumentException($"{nameof(storedType)} must be float16 or float32, but is {storedType}.", nameof(storedType)),
        };
        return Kinds.Contains(kind)
            ? new CheckpointFabrication(StableDiffusion15.Parts(), type)
            : throw new ArgumentException($"{nameof(kind)} must be one of {string.Join(", ", Kinds)}, but is {kind}.", nameof(kind));
    }

    /// <summary>Writes the checkpoint.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="seed">Equal seeds give equal files.</param>
    /// <param name="tokenizer">A folder with vocab.json and merges.txt to copy; null: a tokenizer whose tokens are bytes.</param>
    /// <param name="written">Told the bytes written since it was last told.</param>
    /// <param name="cancellationToken">Stops; files that are not complete are removed.</param>
    public void Write(string folder, ulong seed, string? tokenizer, Action<long> written, CancellationToken cancellationToken)
    {
        foreach ((string name, string json) in StableDiffusion15.Configs)
        {
            File.WriteAllText(PathOf(folder, name), json + "\n");
        }

        string tokenizerFolder = Path.GetDirectoryName(PathOf(folder, "tokenizer/vocab.json"))!;
        if (tokenizer is null)
        {
            ByteTokenizer.Write(tokenizerFolder);
        }
        else
        {
            foreach (string name in (string[])["vocab.json", "merges.txt"])
            {
                File.Copy(Path.Combine(tokenizer, name), Path.Combine(tokenizerFolder, name), overwrite: true);
            }
        }

        for (int i = 0; i < parts.Count; i++)
        {
            FabricatedWeights.Write(PathOf(folder, parts[i].FileName), parts[i].Tensors, storedType, seed + (ulong)i, written, cancellationToken);
        }
    }

    private static string PathOf(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
