using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Where a network's tensors lie and what they are called there.</summary>
/// <param name="store">Holds the tensors; not disposed by this.</param>
/// <param name="nameInStore">The store's name for a network's name; null: the same.</param>
/// <param name="mayIgnore">Names in the store that may be left over.</param>
internal sealed class NetworkSource(ITensorStore store, Func<string, string>? nameInStore, Func<string, bool> mayIgnore)
{
    /// <summary>Builds a network with its weights.</summary>
    /// <param name="create">Takes the weights from a reader.</param>
    /// <param name="dataType">Of the weights in memory.</param>
    /// <param name="device">Of the weights in memory.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen or left over.</exception>
    public T Load<T>(Func<WeightReader, T> create, ScalarType dataType, Device device)
    {
        WeightReader reader = new(store, dataType, device, nameInStore);
        try
        {
            T network = create(reader);
            reader.RequireNoFaults(mayIgnore);
            return network;
        }
        catch
        {
            reader.Weights.Dispose();
            throw;
        }
    }

    /// <summary>Checks names and shapes without memory, and counts.</summary>
    /// <param name="name">For people.</param>
    /// <param name="create">Takes the weights from a reader.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen or left over.</exception>
    public ModelPart Describe<T>(string name, Func<WeightReader, T> create)
        where T : IDisposable
    {
        long parameters = 0;
        using T network = Load(
            reader =>
            {
                T built = create(reader);
                parameters = reader.Weights.ElementCount;
                return built;
            },
            ScalarType.Float32,
            META);
        IEnumerable<ScalarType> types = store.Tensors.Where(tensor => !mayIgnore(tensor.Key) && tensor.Value.IsFloatingPoint).Select(tensor => tensor.Value.DataType).Distinct().Order();
        return new ModelPart(name, parameters, string.Join(", ", types));
    }
}
