using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks.Pixel;

/// <summary>A pretrained network of pixels, unconditional or of classes, as a denoiser.</summary>
/// <remarks>Noise levels are snapped to the ladder where there is one. D is formed in float32 (in float64 for such images), whatever the network computes in: at
/// small σ the score is a difference of near equals.</remarks>
internal sealed class PixelDenoiser : IDenoiser
{
    private static readonly ClassCondition NoClass = new(null);

    private readonly PixelNetwork network;
    private readonly IPreconditioning preconditioning;
    private readonly SigmaLadder? ladder;
    private readonly IClassGuidance? guidance;

    /// <summary>A denoiser, which comes to own its networks.</summary>
    /// <param name="network">F.</param>
    /// <param name="preconditioning">Makes D of it.</param>
    /// <param name="ladder">To which noise levels are snapped; null: any in range.</param>
    /// <param name="description">Of the model.</param>
    /// <param name="guidance">What a class adds to D; null: nothing but what the network itself makes of it.</param>
    public PixelDenoiser(PixelNetwork network, IPreconditioning preconditioning, SigmaLadder? ladder, DenoiserDescription description, IClassGuidance? guidance = null)
    {
        this.ladder = ladder;
        this.network = network;
        this.preconditioning = preconditioning;
        this.guidance = guidance;
        Description = description;
    }

    /// <inheritdoc/>
    public DenoiserDescription Description { get; }

    /// <inheritdoc/>
    /// <remarks>For a network that was trained with classes alone, its embedding of noise without that of any class.</remarks>
    public Condition Unconditional => NoClass;

    /// <inheritdoc/>
    public PromptEncoding EncodePrompt(string prompt) => prompt.Length == 0
        ? new PromptEncoding(NoClass, 0, [])
        : throw new ArgumentException($"{nameof(prompt)} must be empty for model {Description.Name}, which takes no prompts, but is \"{prompt}\".", nameof(prompt));

    /// <inheritdoc/>
    public Condition EncodeClassLabel(int label)
    {
        if (Description.Conditioning != ConditioningKind.ClassLabel)
        {
            throw new ArgumentException($"{nameof(label)} must be unset for model {Description.Name}, which has no classes, but is {label}.", nameof(label));
        }

        return (uint)label < (uint)Description.ClassCount
            ? new ClassCondition(label)
            : throw new ArgumentException($"{nameof(label)} must be in [0, {Description.ClassCount}), but is {label}.", nameof(label));
    }

    /// <inheritdoc/>
    public Tensor Denoise(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions)
    {
        if (noisy.shape[0] != sigmas.Length || sigmas.Length != conditions.Count)
        {
            throw new ArgumentException(
                $"{nameof(sigmas)} and {nameof(conditions)} must have {noisy.shape[0]} entries, but have {sigmas.Length} and {conditions.Count}.", nameof(sigmas));
        }

        int?[] labels = [.. conditions.Select(Label)];
        double[] levels = sigmas.ToArray();
        if (ladder is not null)
        {
            levels = Array.ConvertAll(levels, sigma => ladder.Snap(sigma).Sigma);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor wide = noisy.dtype == ScalarType.Float64 ? noisy : noisy.to(ScalarType.Float32);
        Tensor denoised = Evaluate(wide, levels, labels);
        if (guidance is not null)
        {
            denoised = guidance.Apply(denoised, wide, levels, labels);
        }

        return denoised.to(noisy.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        network.Dispose();
        guidance?.Dispose();
    }

    private static int? Label(Condition condition) => condition is ClassCondition selected
        ? selected.Label
        : throw new ArgumentException($"{nameof(condition)} must be made by {nameof(PixelDenoiser)}, but is a {condition.GetType().Name}.", nameof(condition));

    private Tensor Evaluate(Tensor noisy, ReadOnlySpan<double> sigmas, int?[] labels)
    {
        using IDisposable untracked = inference_mode();
        Tensor? classes = network.ClassCount > 0 ? OneHot(labels) : null;
        Tensor Predict(Tensor scaled, double[] noiseLabels) =>
            network.Forward(scaled.to(network.DataType), noiseLabels, classes).narrow(1, 0, Description.DataShape.Channels);
        return preconditioning.Denoise(Predict, noisy, sigmas);
    }

    private Tensor OneHot(int?[] labels)
    {
        float[,] rows = new float[labels.Length, network.ClassCount];
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] is int label)
            {
                rows[row, label] = 1;
            }
        }

        return tensor(rows, dtype: network.DataType, device: network.Device);
    }
}
