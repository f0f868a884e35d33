using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>How to make a <see cref="ClassifierTerm"/> of a classifier's checkpoint, which it keeps open.</summary>
/// <param name="probe">The checkpoint.</param>
/// <param name="options">The classifier's sizes.</param>
/// <param name="ladder">Levels and timesteps.</param>
/// <param name="scale">s.</param>
/// <param name="scalesInput">See <see cref="ClassifierTerm"/>.</param>
internal sealed class ClassifierPlan(CheckpointProbe probe, GuidedClassifierOptions options, SigmaLadder ladder, double scale, bool scalesInput) : IDisposable
{
    /// <summary>The classifier's sizes.</summary>
    public GuidedClassifierOptions Options { get; } = options;

    /// <summary>Holds the tensors.</summary>
    public ITensorStore Store { get; } = GuidedDiffusionFamily.RequireStore(probe);

    /// <summary>Loads the classifier.</summary>
    /// <param name="dataType">Of its weights.</param>
    /// <param name="device">Of its weights; "meta" checks names and shapes alone.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen or left over.</exception>
    public ClassifierTerm Build(ScalarType dataType, Device device)
    {
        WeightReader reader = new(Store, dataType, device);
        GuidedClassifier classifier = new(reader, Options);
        reader.RequireNoFaults();
        return new ClassifierTerm(classifier, ladder, scale, scalesInput);
    }

    /// <inheritdoc/>
    public void Dispose() => probe.Dispose();
}
