using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks;

/// <summary>Two 3×3 convolutions behind group normalisation and SiLU, modulated by an embedding (FiLM: Perez et al. 2018), added to the input.</summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor, Tensor>
{
    private readonly GroupNorm norm1;
    private readonly Conv2d first;
    private readonly Linear film;
    private readonly GroupNorm norm2;
    private readonly Conv2d second;
    private readonly Conv2d? shortcut;

    public ResidualBlock(int inputs, int outputs, int embedding, int groups)
        : base(nameof(ResidualBlock))
    {
        norm1 = GroupNorm(groups, inputs);
        first = Conv2d(inputs, outputs, 3, padding: 1);
        film = Linear(embedding, 2 * outputs);
        norm2 = GroupNorm(groups, outputs);
        second = Conv2d(outputs, outputs, 3, padding: 1);
        shortcut = inputs == outputs ? null : Conv2d(inputs, outputs, 1);
        RegisterComponents();
    }

    /// <summary>One block.</summary>
    /// <param name="x">[n, inputs, h, w].</param>
    /// <param name="embedding">[n, embedding], already activated.</param>
    /// <returns>[n, outputs, h, w].</returns>
    public override Tensor forward(Tensor x, Tensor embedding)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = first.forward(functional.silu(norm1.forward(x)));
        Tensor[] modulation = film.forward(embedding).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
        h = addcmul(modulation[1], norm2.forward(h), modulation[0] + 1, 1);
        h = second.forward(functional.silu(h));
        return (h + (shortcut is null ? x : shortcut.forward(x))).MoveToOuterDisposeScope();
    }
}
