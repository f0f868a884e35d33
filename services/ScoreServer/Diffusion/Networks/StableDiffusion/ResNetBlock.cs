using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Two 3×3 convolutions behind group normalisation and SiLU, added to the input; the embedding of the timestep is added between them.</summary>
internal sealed class ResNetBlock
{
    private readonly GroupNorm norm1;
    private readonly Conv2d conv1;
    private readonly Linear? time_emb_proj;
    private readonly GroupNorm norm2;
    private readonly Conv2d conv2;
    private readonly Conv2d? conv_shortcut;

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">At the block.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="timeWidth">Of the timestep's embedding; null: the block has none.</param>
    /// <param name="groups">Of the norms.</param>
    /// <param name="epsilon">Of the norms.</param>
    public ResNetBlock(WeightReader weights, long inputs, long outputs, long? timeWidth, long groups, double epsilon)
    {
        norm1 = new GroupNorm(weights.Scope(nameof(norm1)), groups, inputs, epsilon);
        conv1 = new Conv2d(weights.Scope(nameof(conv1)), inputs, outputs, 3);
        time_emb_proj = timeWidth is long width ? new Linear(weights.Scope(nameof(time_emb_proj)), width, outputs) : null;
        norm2 = new GroupNorm(weights.Scope(nameof(norm2)), groups, outputs, epsilon);
        conv2 = new Conv2d(weights.Scope(nameof(conv2)), outputs, outputs, 3);
        conv_shortcut = inputs == outputs ? null : new Conv2d(weights.Scope(nameof(conv_shortcut)), inputs, outputs, 1);
    }

    /// <summary>One block.</summary>
    /// <param name="x">[n, inputs, h, w].</param>
    /// <param name="time">SiLU of the timestep's embedding, [n, timeWidth]; null where the block has none.</param>
    /// <returns>[n, outputs, h, w].</returns>
    public Tensor Forward(Tensor x, Tensor? time = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = conv1.Forward(functional.silu(norm1.Forward(x), inplace: true));
        if (time_emb_proj is not null && time is not null)
        {
            h = h.add_(time_emb_proj.Forward(time).unsqueeze(-1).unsqueeze(-1));
        }

        h = conv2.Forward(functional.silu(norm2.Forward(h), inplace: true));
        return h.add_(conv_shortcut is null ? x : conv_shortcut.Forward(x)).MoveToOuterDisposeScope();
    }
}
