using Sjc.Diffusion.Networks;
using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Shapes;
using Sjc.Diffusion.Text;
using Sjc.Numerics.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Training;

/// <summary>Trains a <see cref="ShapesNetwork"/> to denoise (Karras et al. 2022, eq. 8), step by step.</summary>
/// <remarks>A step is a function of the weights, the options and the step's number: an interrupted and resumed run on the same machine
/// with the same number of threads equals an uninterrupted one bit for bit.</remarks>
internal sealed class ShapesTrainer : IDisposable
{
    private readonly ShapePictures pictures;
    private readonly CaptionTokens captions;

    public ShapesTrainer(TrainingOptions options, ShapePictures pictures)
    {
        Options = options;
        this.pictures = pictures;
        Vocabulary = Vocabulary.Of([.. pictures.Captions, "an the"]);
        captions = new CaptionTokens(Vocabulary, pictures.Captions);
        ShapesNetworkOptions sizes = new() { TokenCount = Vocabulary.TokenCount, ImageSize = options.ImageSize, Channels = options.Channels };
        Device = device(options.Device);
        Network = new ShapesNetwork(sizes, options.Seed);
        Average = new ShapesNetwork(sizes, options.Seed);
        Network.to(Device);
        Average.to(Device);
        Average.eval();
        Adam = new AdamOptimizer(Network, Average);
    }

    public TrainingOptions Options { get; }

    public Vocabulary Vocabulary { get; }

    public Device Device { get; }

    public ShapesNetwork Network { get; }

    /// <summary>The moving average of the weights: what is validated and shipped.</summary>
    public ShapesNetwork Average { get; }

    public AdamOptimizer Adam { get; }

    /// <summary>Steps done.</summary>
    public long Steps { get; set; }

    /// <summary>Pictures shown.</summary>
    public long Visits => Steps * Options.BatchSize;

    /// <summary>Takes trained weights as start values; Adam's moments begin at 0.</summary>
    /// <param name="path">A file of weights, as training exports them.</param>
    /// <exception cref="InvalidDataException">The file has another format, vocabulary or size than this training.</exception>
    public void StartFrom(string path)
    {
        (SafetensorsFile file, ShapesNetworkOptions sizes, Vocabulary words) = ShapesWeights.Open(path);
        if (!words.Words.SequenceEqual(Vocabulary.Words))
        {
            throw new InvalidDataException($"{path} must have the catalogue's vocabulary, but has: {string.Join(" ", words.Words)}.");
        }

        if (sizes.ImageSize != Options.ImageSize || !sizes.Channels.SequenceEqual(Options.Channels))
        {
            throw new InvalidDataException(
                $"{path} must have weights for {Options.ImageSize} pixels and {string.Join(' ', Options.Channels)} channels, but has them for {sizes.ImageSize} and {string.Join(' ', sizes.Channels)}.");
        }

        ShapesWeights.Read(Network, file, "");
        ShapesWeights.Read(Average, file, "");
    }

    /// <summary>One step.</summary>
    /// <returns>The loss, about 1 at the start.</returns>
    public double Step()
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingBatch batch = new(Options, pictures, captions, Steps);
        Tensor loss = Loss(batch);
        loss.backward();
        Steps++;
        double decay = Math.Min(Options.AverageDecay, (1.0 + Steps) / (10.0 + Steps));
        Adam.Step(Steps, LearningRate(), decay);
        return loss.item<float>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Adam.Dispose();
        Network.Dispose();
        Average.Dispose();
    }

    // λ(σ)·‖D − y‖² with λ = 1/c_out² is ‖F − (y − c_skip·x)/c_out‖².
    private Tensor Loss(TrainingBatch batch)
    {
        int rows = batch.Sigmas.Length;
        PreconditioningCoefficients[] c = [.. batch.Sigmas.Select(new EdmPreconditioning(Network.Options.SigmaData).At)];
        Tensor Column(Func<PreconditioningCoefficients, double> value) => tensor(c.Select(k => (float)value(k)).ToArray(), device: Device).view(rows, 1, 1, 1);
        Tensor clean = tensor(batch.Clean, device: Device).view(rows, 3, pictures.Size, pictures.Size);
        Tensor noise = tensor(batch.NoiseValues, device: Device).view(clean.shape);
        Tensor sigma = tensor(batch.Sigmas.Select(value => (float)value).ToArray(), device: Device).view(rows, 1, 1, 1);
        Tensor noisy = clean + (sigma * noise);
        Tensor prompt = Network.EncodeText(tensor(batch.Prompts.Tokens, device: Device).view(rows, batch.Prompts.Length));
        Tensor f = Network.forward(Column(k => k.In) * noisy, Column(k => k.Noise).view(rows), prompt);
        Tensor target = (clean - (Column(k => k.Skip) * noisy)) / Column(k => k.Out);
        return nn.functional.mse_loss(f, target);
    }

    private double LearningRate()
    {
        double rise = Math.Min(1, (double)Visits / Options.WarmupVisits);
        double done = Math.Min(1, (double)Visits / Options.TotalVisits);
        return Options.LearningRate * rise * 0.5 * (1 + Math.Cos(Math.PI * done));
    }
}
