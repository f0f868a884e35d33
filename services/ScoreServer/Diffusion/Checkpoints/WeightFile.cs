using Sjc.Diffusion.Checkpoints.Pickles;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>An opened weights file of any format.</summary>
/// <param name="store">Its tensors; of a pickle the dictionary that is the weights.</param>
/// <param name="pickle">The pickle behind them, where the file is one.</param>
internal sealed class WeightFile(ITensorStore store, PickleFile? pickle) : IDisposable
{
    /// <summary>Keys under which training codes keep the weights, in the order in which they are looked for.</summary>
    private static readonly string[] WeightKeys = ["state_dict", "model", "model_state_dict", "ema", "net", "params"];

    /// <summary>Its tensors.</summary>
    public ITensorStore Store { get; } = store;

    /// <summary>The pickle behind them; null for other formats.</summary>
    public PickleFile? Pickle { get; } = pickle;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="inPlace">As of <see cref="SafetensorsStore.Open"/>.</param>
    /// <exception cref="InvalidDataException">It is no checkpoint, or a damaged one.</exception>
    public static WeightFile Open(string path, bool inPlace)
    {
        if (CheckpointFormats.Of(path) == CheckpointFormat.Safetensors)
        {
            return new WeightFile(SafetensorsStore.Open(path, inPlace), null);
        }

        PickleFile pickle = PickleFile.Open(path);
        try
        {
            return new WeightFile(new PickleStore(pickle, FindWeights(pickle).Entries), pickle);
        }
        catch
        {
            pickle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Store.Dispose();
        Pickle?.Dispose();
    }

    /// <summary>The dictionary that is the weights: one that a training code names so, else the whole, else the first element of a list.</summary>
    private static PickleDictionary FindWeights(PickleFile pickle)
    {
        object? root = pickle.Root is PickleList { Count: > 0 } list ? list[0] : pickle.Root;
        IEnumerable<PickleDictionary> candidates = root is PickleDictionary whole ? [.. WeightKeys.Select(key => whole[key]).OfType<PickleDictionary>(), whole] : [];
        return candidates.FirstOrDefault(candidate => candidate.Entries.Any(entry => entry.Value is PickleTensor))
            ?? throw new InvalidDataException($"{pickle.Name} must hold a dictionary of tensors, but {WhatItHolds(pickle.Root)}.");
    }

    private static string WhatItHolds(object? root) => root switch
    {
        PickleObject inert => $"holds an object of {inert.Global.FullName}: convert it to a plain state_dict or to safetensors first",
        PickleDictionary dictionary => $"has no tensors under {(dictionary.Names.Count > 0 ? string.Join(", ", dictionary.Names.Take(8)) : "any name")}",
        _ => "holds none",
    };
}
