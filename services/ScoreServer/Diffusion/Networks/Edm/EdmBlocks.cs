using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using Sjc.Diffusion.Networks.Unet;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Edm;

/// <summary>Builds the blocks of EDM's networks, whose attention has its weights among those of the residual block.</summary>
/// <param name="form">Of the residual blocks.</param>
/// <param name="heads">Heads of an attention of so many channels; 0: no attention.</param>
/// <param name="separateQkv">See <see cref="SongUnetOptions.SeparateQkv"/>.</param>
internal sealed class EdmBlocks(UnetBlockForm form, Func<int, int> heads, bool separateQkv = false)
{
    /// <summary>Factor on sums of a residual and its input.</summary>
    public double OutputScale => form.OutputScale;

    /// <summary>A block.</summary>
    public AttentiveBlock Block(WeightReader weights, int inputs, int outputs, bool attends = false, Func<Tensor, Tensor>? resampling = null) =>
        new(new UnetBlock(weights, form, inputs, outputs, resampling), attends && heads(outputs) > 0 ? Attention(weights, outputs) : null);

    /// <summary>A norm as in the blocks.</summary>
    public GroupNorm Norm(WeightReader weights, int channels) => new(weights, form.Groups(channels), channels, form.Epsilon);

    private ImageAttention Attention(WeightReader weights, int channels)
    {
        GroupNorm norm = Norm(weights.Scope("norm2"), channels);
        if (separateQkv)
        {
            NetworkInNetwork projection = new(weights.Scope("proj"), channels, channels);
            return new ImageAttention(norm, new SeparateQkvProjection(weights, channels), projection.Forward, form.OutputScale);
        }

        QkvProjection qkv = new(weights.Scope("qkv"), channels, heads(channels), QkvOrder.HeadDimensionPart);
        return new ImageAttention(norm, qkv, new Linear(weights.Scope("proj"), channels, channels).Forward, form.OutputScale);
    }
}
