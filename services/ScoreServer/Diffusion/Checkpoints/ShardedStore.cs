using System.Text.Json;
using TorchSharp;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>Tensors spread over several files, which an index file lists by tensor.</summary>
internal sealed class ShardedStore : ITensorStore
{
    private readonly Dictionary<string, WeightFile> shards;
    private readonly Dictionary<string, WeightFile> shardOfTensor = new(StringComparer.Ordinal);

    private ShardedStore(string name, Dictionary<string, WeightFile> shards, IReadOnlyDictionary<string, string> files)
    {
        Name = name;
        this.shards = shards;
        Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);
        foreach ((string tensor, string file) in files)
        {
            shardOfTensor[tensor] = shards[file];
            tensors[tensor] = shards[file].Store.Tensors.GetValueOrDefault(tensor) ?? throw new InvalidDataException($"{file} must hold {tensor}, as {name} says, but does not.");
        }

        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Opens the shards of an index.</summary>
    /// <param name="path">Of the index file; the shards lie beside it.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="inPlace">As of <see cref="SafetensorsStore.Open"/>.</param>
    /// <exception cref="InvalidDataException">A shard is missing, lies elsewhere, or is damaged.</exception>
    public static ShardedStore Open(string path, string name, bool inPlace)
    {
        IReadOnlyDictionary<string, string> files = ReadWeightMap(ModelConfig.Read(path, name));
        Dictionary<string, WeightFile> shards = new(StringComparer.Ordinal);
        try
        {
            foreach (string file in files.Values.Distinct(StringComparer.Ordinal))
            {
                shards.Add(file, OpenShard(Path.GetDirectoryName(path)!, file, name, inPlace));
            }

            return new ShardedStore(name, shards, files);
        }
        catch
        {
            DisposeAll(shards);
            throw;
        }
    }

    /// <inheritdoc/>
    public void CopyTo(string name, torch.Tensor destination) => shardOfTensor[name].Store.CopyTo(name, destination);

    /// <inheritdoc/>
    public torch.Tensor? TryMap(string name, torch.ScalarType dataType, torch.Device device) => shardOfTensor[name].Store.TryMap(name, dataType, device);

    /// <inheritdoc/>
    public void Dispose() => DisposeAll(shards);

    private static Dictionary<string, string> ReadWeightMap(ModelConfig index)
    {
        if (index.Section("weight_map") is not { } map)
        {
            throw new InvalidDataException($"{index.Name} must have a weight_map, but has none.");
        }

        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (JsonProperty tensor in map.Root.EnumerateObject())
        {
            files[tensor.Name] = tensor.Value.ValueKind == JsonValueKind.String
                ? tensor.Value.GetString()!
                : throw new InvalidDataException($"{index.Name} must give a file name for {tensor.Name}, but gives {tensor.Value.ValueKind}.");
        }

        return files;
    }

    private static WeightFile OpenShard(string folder, string file, string index, bool inPlace)
    {
        // A plain name cannot leave the folder; a link in the folder may lead elsewhere, as caches of downloads have it.
        if (file.Length == 0 || file is "." or ".." || file.AsSpan().IndexOfAny("/\\:\0") >= 0)
        {
            throw new InvalidDataException($"{index} must name shards in its own folder, but names {file}.");
        }

        string path = Path.Combine(folder, file);
        return File.Exists(path) ? WeightFile.Open(path, inPlace) : throw new InvalidDataException($"{index} must name shards that are there, but {file} is missing.");
    }

    private static void DisposeAll(Dictionary<string, WeightFile> shards)
    {
        foreach (WeightFile shard in shards.Values)
        {
            shard.Dispose();
        }
    }
}
