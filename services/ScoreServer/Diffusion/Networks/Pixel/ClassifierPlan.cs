using Sjc.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Pixel;

/// <summary>How to make what guides towards classes of a classifier's checkpoint, which it keeps open.</summary>
/// <param name="probe">The checkpoint.</param>
/// <param name="store">Holds its tensors.</param>
/// <param name="classCount">Classes that it tells apart.</param>
/// <param name="build">Takes the weights.</param>
internal sealed class ClassifierPlan(CheckpointProbe probe, ITensorStore store, int classCount, Func<WeightReader, IClassGuidance> build) : IDisposable
{
    /// <summary>Holds the tensors.</summary>
    public ITensorStore Store { get; } = store;

    /// <summary>Classes that it tells apart.</summary>
    public int ClassCount { get; } = classCount;

    /// <summary>Loads the classifier.</summary>
    /// <param name="dataType">Of its weights.</param>
    /// <param name="device">Of its weights; "meta" checks names and shapes alone.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen or left over.</exception>
    public IClassGuidance Build(ScalarType dataType, Device device) => PixelFamily.Build(new WeightReader(Store, dataType, device), build);

    /// <inheritdoc/>
    public void Dispose() => probe.Dispose();
}
