using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Checkpoints;

/// <summary>Hands a network its weights by name while it is built: each tensor stays in its file's pages where it can be used as it
/// lies there; else it is allocated in its final type on its final device and filled from the store at once, so that loading never holds two copies of a model.</summary>
/// <remarks>Faults are collected: a missing or misshapen tensor gives zeros, and <see cref="RequireNoFaults"/> names all of them. With the device "meta"
/// names and shapes are checked without memory.</remarks>
public sealed class WeightReader
{
    private readonly State state;
    private readonly string prefix;

    /// <summary>A reader at the root of a store.</summary>
    /// <param name="store">Whose tensors; the caller disposes it, after the last take.</param>
    /// <param name="dataType">Of the weights in memory.</param>
    /// <param name="device">Of the weights in memory.</param>
    /// <param name="nameInStore">The store's name for a network's name; null: the same.</param>
    public WeightReader(ITensorStore store, ScalarType dataType, Device device, Func<string, string>? nameInStore = null)
        : this(new State(store, dataType, device, nameInStore ?? (name => name)), "")
    {
    }

    private WeightReader(State state, string prefix)
    {
        this.state = state;
        this.prefix = prefix;
    }

    /// <summary>The taken tensors; the network owns it.</summary>
    public WeightSet Weights => state.Weights;

    /// <summary>The shapes asked for so far, by the store's names: of a network built over an empty store, all that it needs.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> Taken => state.Taken;

    /// <summary>Type of the weights.</summary>
    public ScalarType DataType => state.DataType;

    /// <summary>Device of the weights.</summary>
    public Device Device => state.Device;

    /// <summary>The part of the names below <paramref name="name"/> and a dot.</summary>
    public WeightReader Scope(string name) => new(state, $"{prefix}{name}.");

    /// <summary>Whether the store holds the name in this scope.</summary>
    public bool Has(string name) => state.Store.Tensors.ContainsKey(state.NameInStore(prefix + name));

    /// <summary>Type and shape of a tensor in this scope; null where there is none.</summary>
    public TensorInfo? Info(string name) => state.Store.Tensors.GetValueOrDefault(state.NameInStore(prefix + name));

    /// <summary>Takes a tensor of a floating-point type.</summary>
    /// <param name="name">Within this scope.</param>
    /// <param name="shape">Must be the stored one, but for extents of 1 at its end ([c, c] is taken as [c, c, 1, 1] and back).</param>
    public Tensor Take(string name, params long[] shape) => state.Take(prefix + name, shape, state.DataType);

    /// <summary>The same, kept in another type than the other weights, such as float32 tables and norms.</summary>
    public Tensor TakeAs(ScalarType dataType, string name, params long[] shape) => state.Take(prefix + name, shape, dataType);

    /// <summary>Requires that every name asked for was there with its shape, and that nothing else is in the store.</summary>
    /// <param name="mayIgnore">Names in the store that are known to be of no use here, such as schedule buffers.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen, of no floating-point type or left over; the message names the first ones.</exception>
    public void RequireNoFaults(Func<string, bool>? mayIgnore = null)
    {
        state.Faults.AddRange(state.Store.Tensors.Keys
            .Where(name => !state.Taken.ContainsKey(name) && !(mayIgnore?.Invoke(name) ?? false))
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name} is not a tensor of this model"));
        if (state.Faults.Count > 0)
        {
            throw state.Refusal();
        }
    }

    private sealed record State(ITensorStore Store, ScalarType DataType, Device Device, Func<string, string> NameInStore)
    {
        /// <summary>After as many faults the files are another model's; a configuration of absurd depth ends here too.</summary>
        private const int MaxFaults = 4096;

        /// <summary>Beyond any network: 2^40 elements in one tensor.</summary>
        private const long MaxElements = 1L << 40;

        public WeightSet Weights { get; } = new();

        public Dictionary<string, IReadOnlyList<long>> Taken { get; } = new(StringComparer.Ordinal);

        public List<string> Faults { get; } = [];

        public Tensor Take(string name, long[] shape, ScalarType dataType)
        {
            string stored = NameInStore(name);
            Taken[stored] = shape;
            if (FaultOf(stored, shape) is not { } fault)
            {
                return Load(stored, shape, dataType);
            }

            Faults.Add(fault);
            if (Faults.Count > MaxFaults || shape.Aggregate((Int128)1, (product, extent) => product > MaxElements ? product : product * extent) > MaxElements)
            {
                throw Refusal();
            }

            // One element that stands for all: a shape from a damaged configuration takes no memory.
            using Tensor zero = zeros([1], dtype: dataType, device: Device);
            return Weights.Own(zero.expand(shape));
        }

        /// <summary>Gives up what was loaded.</summary>
        public InvalidDataException Refusal()
        {
            Weights.Dispose();
            string more = Faults.Count > 8 ? $"; and {Faults.Count - 8} more" : "";
            return new InvalidDataException($"{Store.Name} must hold the tensors of its model, but {string.Join("; ", Faults.Take(8))}{more}.");
        }

        private Tensor Load(string stored, long[] shape, ScalarType dataType)
        {
            try
            {
                if (Store.TryMap(stored, dataType, Device) is { } mapped)
                {
                    using (mapped)
                    {
                        return Weights.Own(mapped.view(shape));
                    }
                }

                Tensor tensor = Weights.Own(empty(shape, dtype: dataType, device: Device));
                using Tensor destination = tensor.view([.. Store.Tensors[stored].Shape]);
                Store.CopyTo(stored, destination);
                return tensor;
            }
            catch
            {
                Weights.Dispose();
                throw;
            }
        }

        private string? FaultOf(string stored, long[] shape)
        {
            if (!Store.Tensors.TryGetValue(stored, out TensorInfo? info))
            {
                return $"{stored} is missing";
            }

            if (!Trimmed(info.Shape).SequenceEqual(Trimmed(shape)))
            {
                return $"{stored} has shape {info.ShapeText}; expected [{string.Join(", ", shape)}]";
            }

            return info.IsFloatingPoint ? null : $"{stored} is stored as {info.DataType}; expected a floating-point type";
        }

        private static IEnumerable<long> Trimmed(IReadOnlyList<long> shape)
        {
            int rank = shape.Count;
            while (rank > 0 && shape[rank - 1] == 1)
            {
                rank--;
            }

            return shape.Take(rank);
        }
    }
}
