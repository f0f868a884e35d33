using Sjc.Diffusion.Guidance;
using Sjc.Diffusion.Networks.Pixel;
using Sjc.Diffusion.Schedules;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>What a classifier of noisy images adds to D: σ²·s·∇ₓ log p(class | x).</summary>
/// <param name="classifier">Of c_in·x; the term comes to own it.</param>
/// <param name="ladder">Levels and timesteps of the classifier.</param>
/// <param name="scale">s.</param>
/// <param name="scalesInput">The classifier sees c_in·x = x/√(σ²+1), as in its training, so that the gradient is that of the chain rule.
/// Off: it sees x itself, as in one published code base, and the gradient is multiplied by c_in all the same.</param>
internal sealed class ClassifierTerm(GuidedClassifier classifier, SigmaLadder ladder, double scale = 1, bool scalesInput = true) : IClassGuidance
{
    /// <inheritdoc/>
    public long ParameterCount => classifier.ParameterCount;

    /// <inheritdoc/>
    /// <remarks>D + σ²·s·∇ₓ log p(class | x).</remarks>
    public Tensor Apply(Tensor denoised, Tensor noisy, ReadOnlySpan<double> sigmas, int?[] labels)
    {
        int[] rows = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] is not null)];
        if (rows.Length == 0 || scale == 0)
        {
            return denoised;
        }

        using DisposeScope scope = NewDisposeScope();
        double[] chosenSigmas = new double[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            chosenSigmas[i] = sigmas[rows[i]];
        }

        Tensor which = tensor(rows.Select(row => (long)row).ToArray(), device: noisy.device);
        (Tensor gradient, _) = Gradient(noisy.index_select(0, which), chosenSigmas, [.. rows.Select(row => (long)labels[row]!)]);
        Tensor guided = ClassifierGuidance.Apply(denoised.index_select(0, which), gradient.to(denoised.dtype), scale, chosenSigmas);
        return denoised.index_copy(0, which, guided).MoveToOuterDisposeScope();
    }

    /// <summary>∇ₓ log p(class | x) and the logits.</summary>
    /// <param name="noisy">x, [n, 3, h, w].</param>
    /// <param name="sigmas">σ of each row, [n].</param>
    /// <param name="labels">The class of each row, [n].</param>
    /// <returns>[n, 3, h, w] and [n, classes], in the caller's dispose scope.</returns>
    public (Tensor Gradient, Tensor Logits) Gradient(Tensor noisy, ReadOnlySpan<double> sigmas, long[] labels)
    {
        using IDisposable trackable = inference_mode(false);
        using IDisposable tracked = enable_grad();
        using DisposeScope scope = NewDisposeScope();
        double[] inward = new double[sigmas.Length];
        double[] timesteps = new double[sigmas.Length];
        for (int row = 0; row < sigmas.Length; row++)
        {
            inward[row] = 1 / Math.Sqrt((sigmas[row] * sigmas[row]) + 1);
            timesteps[row] = ladder.Timestep(ladder.Snap(sigmas[row]).Index);
        }

        Tensor scaling = tensor(inward, dtype: noisy.dtype, device: noisy.device).view(-1, 1, 1, 1);
        Tensor input = (scalesInput ? noisy * scaling : noisy).to(classifier.DataType).clone().requires_grad_();
        Tensor logits = classifier.Forward(input, timesteps);
        Tensor logProbabilities = functional.log_softmax(logits.to(float32), 1);
        Tensor chosen = logProbabilities.gather(1, tensor(labels, device: noisy.device).unsqueeze(1)).sum();
        Tensor gradient = autograd.grad([chosen], [input])[0].to(noisy.dtype) * scaling;
        return (gradient.detach().MoveToOuterDisposeScope(), logits.detach().MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose() => classifier.Dispose();
}
