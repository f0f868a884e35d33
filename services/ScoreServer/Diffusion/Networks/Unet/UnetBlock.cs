using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.Unet;

/// <summary>The residual block of guided diffusion, NCSN++ and EDM: norm, SiLU, resampling, 3×3 convolution, embedding, norm, SiLU, 3×3 convolution, added
/// to the input, which is resampled and projected alike.</summary>
internal sealed class UnetBlock
{
    private readonly UnetBlockForm form;
    private readonly GroupNorm norm1;
    private readonly Conv2d conv1;
    private readonly Linear modulation;
    private readonly GroupNorm norm2;
    private readonly Conv2d conv2;
    private readonly Conv2d? shortcut;
    private readonly Func<Tensor, Tensor>? resampling;

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">At the block.</param>
    /// <param name="form">What the network's blocks have in common.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="resampling">Of the resolution; null: it stays.</param>
    public UnetBlock(WeightReader weights, UnetBlockForm form, int inputs, int outputs, Func<Tensor, Tensor>? resampling = null)
    {
        this.form = form;
        this.resampling = resampling;
        Inputs = inputs;
        UnetBlockNames names = form.Names;
        norm1 = new GroupNorm(weights.Scope(names.Norm1), form.Groups(inputs), inputs, form.Epsilon);
        conv1 = new Conv2d(weights.Scope(names.Conv1), inputs, outputs, 3);
        modulation = new Linear(weights.Scope(names.Embedding), form.EmbeddingWidth, form.ScalesAndShifts ? 2 * outputs : outputs);
        norm2 = new GroupNorm(weights.Scope(names.Norm2), form.Groups(outputs), outputs, form.Epsilon);
        conv2 = new Conv2d(weights.Scope(names.Conv2), outputs, outputs, 3);
        bool projects = inputs != outputs || (resampling is not null && form.ProjectsWhereResampling);
        shortcut = projects ? new Conv2d(weights.Scope(names.Shortcut), inputs, outputs, 1) : null;
    }

    /// <summary>Channels of the input.</summary>
    public int Inputs { get; }

    /// <summary>One block.</summary>
    /// <param name="x">[n, inputs, h, w].</param>
    /// <param name="embedding">[n, embedding width], SiLU applied.</param>
    /// <returns>[n, outputs, h', w'].</returns>
    public Tensor Forward(Tensor x, Tensor embedding)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = functional.silu(norm1.Forward(x));
        if (resampling is not null)
        {
            (h, x) = (resampling(h), resampling(x));
        }

        h = conv1.Forward(h);
        Tensor modulated = modulation.Forward(embedding).unsqueeze(-1).unsqueeze(-1);
        if (form.ScalesAndShifts)
        {
            Tensor[] parts = modulated.chunk(2, 1);
            h = addcmul(parts[1], norm2.Forward(h), parts[0] + 1, 1);
        }
        else
        {
            h = norm2.Forward(h + modulated);
        }

        h = conv2.Forward(functional.silu(h)) + (shortcut?.Forward(x) ?? x);
        return (form.OutputScale == 1 ? h : h * form.OutputScale).MoveToOuterDisposeScope();
    }
}
