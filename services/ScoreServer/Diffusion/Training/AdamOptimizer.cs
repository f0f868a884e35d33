using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Training;

/// <summary>Adam (Kingma and Ba 2015) with an exponential moving average of the weights; all of its state can be saved.</summary>
internal sealed class AdamOptimizer : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.99;
    private const double Epsilon = 1e-8;
    private readonly (string Name, TorchSharp.Modules.Parameter Value)[] parameters;
    private readonly TorchSharp.Modules.Parameter[] averages;

    /// <summary>Optimises the parameters of one module and averages them into another of the same structure.</summary>
    public AdamOptimizer(nn.Module module, nn.Module average)
    {
        parameters = [.. module.named_parameters()];
        averages = [.. average.parameters()];
        First = [.. parameters.Select(parameter => zeros_like(parameter.Value).DetachFromDisposeScope())];
        Second = [.. parameters.Select(parameter => zeros_like(parameter.Value).DetachFromDisposeScope())];
    }

    /// <summary>Names of the parameters, in the order of the moments.</summary>
    public IEnumerable<string> Names => parameters.Select(parameter => parameter.Name);

    /// <summary>Averages of the gradients.</summary>
    public Tensor[] First { get; }

    /// <summary>Averages of the squared gradients.</summary>
    public Tensor[] Second { get; }

    /// <summary>One step from the gradients at hand, which are cleared.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="averageDecay">What the average keeps of itself.</param>
    public void Step(long step, double learningRate, double averageDecay)
    {
        using IDisposable untracked = no_grad();
        double rate = learningRate / (1 - Math.Pow(Beta1, step));
        double correction = Math.Sqrt(1 - Math.Pow(Beta2, step));
        for (int i = 0; i < parameters.Length; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            TorchSharp.Modules.Parameter parameter = parameters[i].Value;
            Tensor gradient = parameter.grad ?? throw new InvalidOperationException($"{parameters[i].Name} must have a gradient, but has none.");
            First[i].mul_(Beta1).add_(gradient, alpha: 1 - Beta1);
            Second[i].mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
            Tensor scale = Second[i].sqrt().div_(correction).add_(Epsilon);
            parameter.addcdiv_(First[i], scale, -rate);
            averages[i].lerp_(parameter, 1 - averageDecay);
            gradient.zero_();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor moment in (Tensor[])[.. First, .. Second])
        {
            moment.Dispose();
        }
    }
}
