using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>The classifier of noisy images of guided diffusion (Dhariwal and Nichol 2021).</summary>
internal sealed class GuidedClassifier : IDisposable
{
    private readonly WeightSet weights;
    private readonly GuidedEncoder encoder;
    private readonly GroupNorm norm;
    private readonly Func<Tensor, Tensor> pool;

    /// <summary>Takes the weights.</summary>
    public GuidedClassifier(WeightReader reader, GuidedClassifierOptions options)
    {
        weights = reader.Weights;
        (DataType, Device, ClassCount) = (reader.DataType, reader.Device, options.ClassCount);
        GuidedLayers layers = new(options);
        encoder = new GuidedEncoder(reader, options, layers);
        int channels = encoder.SkipChannels.Peek();
        norm = layers.Norm(reader.Scope("out.0"), channels);
        if (options.AttentionPool)
        {
            int side = options.ImageSize >> (options.Multipliers.Count - 1);
            pool = new AttentionPool(reader.Scope("out.2"), side, channels, options.HeadsOf(channels), ClassCount).Forward;
        }
        else
        {
            Linear last = new(reader.Scope("out.3"), channels, ClassCount);
            pool = h => last.Forward(h.mean([2, 3]));
        }
    }

    /// <summary>Type of the weights, in which it computes.</summary>
    public ScalarType DataType { get; }

    /// <summary>Where it computes.</summary>
    public Device Device { get; }

    /// <summary>Classes.</summary>
    public int ClassCount { get; }

    /// <summary>Its parameters, counted.</summary>
    public long ParameterCount => weights.ElementCount;

    /// <summary>Logits of the classes.</summary>
    /// <param name="x">[n, 3, h, w].</param>
    /// <param name="timesteps">[n].</param>
    /// <returns>[n, classes], in the caller's dispose scope.</returns>
    public Tensor Forward(Tensor x, ReadOnlySpan<double> timesteps)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = functional.silu(encoder.Embed(timesteps, DataType, Device));
        Tensor h = encoder.Forward(x, embedding, new Stack<Tensor>(), null);
        return pool(functional.silu(norm.Forward(h))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => weights.Dispose();
}
