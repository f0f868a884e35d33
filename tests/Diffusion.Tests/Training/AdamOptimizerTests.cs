using Sjc.Diffusion.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Tests.Training;

public sealed class AdamOptimizerTests
{
    [Fact]
    public void Step_HandWorkedGradient_MovesWeightAndAverage()
    {
        using nn.Module<Tensor, Tensor> module = nn.Linear(1, 1, hasBias: false);
        using nn.Module<Tensor, Tensor> average = nn.Linear(1, 1, hasBias: false);
        using AdamOptimizer adam = new(module, average);
        TorchSharp.Modules.Parameter weight = module.parameters().Single();
        using (no_grad())
        {
            weight.fill_(1f);
            average.parameters().Single().fill_(1f);
        }

        using (DisposeScope scope = NewDisposeScope())
        {
            (2 * weight).sum().backward();
            adam.Step(1, learningRate: 0.1, averageDecay: 0.75);
        }

        // The first step's moments, corrected, are the gradient and its square: the weight moves by the rate against its sign.
        Assert.Equal(0.9, weight.item<float>(), 1e-6);
        Assert.Equal((0.75 * 1) + (0.25 * 0.9), average.parameters().Single().item<float>(), 1e-6);
        Assert.Equal(0, weight.grad!.item<float>());
    }
}
