using Sjc.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>A store in which the stacked projections of attention, "in_proj_weight" and "in_proj_bias", appear as three tensors: "in_proj_weight[q]" and so on.</summary>
internal sealed class StackedStore : ITensorStore
{
    private static readonly string[] Parts = ["[q]", "[k]", "[v]"];

    private readonly ITensorStore inner;
    private readonly Dictionary<string, (string Name, int Part)> slices = new(StringComparer.Ordinal);

    /// <summary>A view of a store.</summary>
    /// <param name="inner">Not disposed by this.</param>
    public StackedStore(ITensorStore inner)
    {
        this.inner = inner;
        Dictionary<string, TensorInfo> tensors = new(StringComparer.Ordinal);
        foreach ((string name, TensorInfo info) in inner.Tensors)
        {
            bool isStacked = name.EndsWith(".in_proj_weight", StringComparison.Ordinal) || name.EndsWith(".in_proj_bias", StringComparison.Ordinal);
            if (!isStacked || info.Shape.Count == 0 || info.Shape[0] % Parts.Length != 0)
            {
                tensors[name] = info;
                continue;
            }

            for (int part = 0; part < Parts.Length; part++)
            {
                slices[name + Parts[part]] = (name, part);
                tensors[name + Parts[part]] = new TensorInfo(info.DataType, [info.Shape[0] / Parts.Length, .. info.Shape.Skip(1)]);
            }
        }

        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <inheritdoc/>
    public void CopyTo(string name, Tensor destination)
    {
        if (!slices.TryGetValue(name, out (string Name, int Part) slice))
        {
            inner.CopyTo(name, destination);
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor whole = empty([.. inner.Tensors[slice.Name].Shape], dtype: destination.dtype, device: destination.device);
        inner.CopyTo(slice.Name, whole);
        destination.copy_(whole.narrow(0, slice.Part * destination.shape[0], destination.shape[0]));
    }

    /// <inheritdoc/>
    public Tensor? TryMap(string name, ScalarType dataType, Device device) => slices.ContainsKey(name) ? null : inner.TryMap(name, dataType, device);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
