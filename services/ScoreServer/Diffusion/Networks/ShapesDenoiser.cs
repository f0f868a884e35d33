using Sjc.Diffusion.Preconditioning;
using Sjc.Diffusion.Shapes;
using Sjc.Diffusion.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Networks;

/// <summary>The model that ships: a small text-conditional denoiser of pictures of coloured objects.</summary>
public sealed class ShapesDenoiser : IDenoiser
{
    private readonly ShapesNetwork network;
    private readonly Vocabulary vocabulary;
    private readonly Lock encoding = new();
    private readonly bool ownsNetwork;

    internal ShapesDenoiser(ShapesNetwork network, Vocabulary vocabulary, OptimizationHints hints, Device device, bool ownsNetwork)
    {
        this.network = network;
        this.vocabulary = vocabulary;
        this.ownsNetwork = ownsNetwork;
        Device = device;
        int size = network.Options.ImageSize;
        Description = new DenoiserDescription
        {
            Name = "shapes",
            Kind = "shapes",
            Summary = $"Coloured objects at {size}×{size} pixels: {string.Join(", ", ShapeCatalogue.Kinds.Select(kind => kind.Name))}.",
            DataShape = new DataShape(3, size, size),
            SigmaMin = 0.02,
            SigmaMax = 40,
            MaxPromptTokens = network.Options.MaxTokens,
            Vocabulary = vocabulary.Words,
            ViewWording = ShapeViewWords.Wording,
            Hints = hints,
            Device = device.ToString(),
            HasFixedShapes = true,
            ParameterCount = network.parameters().Sum(parameter => parameter.numel()),
            ExamplePrompts = [.. ShapeCatalogue.Kinds.Select((kind, i) => new ShapeObject(kind, ShapeCatalogue.Colours[i % ShapeCatalogue.Colours.Count]).Prompt)],
        };
        Unconditional = Encode([Vocabulary.Start]);
    }

    /// <inheritdoc/>
    public DenoiserDescription Description { get; }

    /// <inheritdoc/>
    public Condition Unconditional { get; }

    internal Device Device { get; }

    /// <summary>Loads weights that `sjc train` exported.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="device">Where to run, such as "cpu" or "cuda".</param>
    /// <exception cref="InvalidDataException">The file is no export of the trainer.</exception>
    public static ShapesDenoiser Load(string path, string device = "cpu") => ShapesWeights.Load(path, torch.device(device));

    /// <inheritdoc/>
    public PromptEncoding EncodePrompt(string prompt)
    {
        int[] tokens = vocabulary.Encode(prompt, out IReadOnlyList<string> unknownWords);
        if (tokens.Length > network.Options.MaxTokens)
        {
            throw new ArgumentException($"{nameof(prompt)} must have at most {network.Options.MaxTokens - 1} words, but has {tokens.Length - 1}.", nameof(prompt));
        }

        return new PromptEncoding(tokens.Length == 1 ? Unconditional : Encode(tokens), tokens.Length, unknownWords);
    }

    /// <inheritdoc/>
    public Tensor Denoise(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions)
    {
        if (noisy.shape[0] != sigmas.Length || sigmas.Length != conditions.Count)
        {
            throw new ArgumentException($"{nameof(sigmas)} and {nameof(conditions)} must have {noisy.shape[0]} entries, but have {sigmas.Length} and {conditions.Count}.", nameof(sigmas));
        }

        using IDisposable untracked = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        Tensor embedded = stack([.. conditions.Select(Embedding)]);
        return Denoise(network, noisy, sigmas, embedded).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ownsNetwork)
        {
            network.Dispose();
        }
    }

    /// <summary>D of a network, [n, 3, size, size], for embedded prompts [n, embedding width].</summary>
    internal static Tensor Denoise(ShapesNetwork network, Tensor noisy, ReadOnlySpan<double> sigmas, Tensor embedded)
    {
        using DisposeScope scope = NewDisposeScope();
        EdmPreconditioning preconditioning = new(network.Options.SigmaData);
        float[,] coefficients = new float[4, sigmas.Length];
        for (int row = 0; row < sigmas.Length; row++)
        {
            PreconditioningCoefficients c = preconditioning.At(sigmas[row]);
            (coefficients[0, row], coefficients[1, row], coefficients[2, row], coefficients[3, row]) = ((float)c.Skip, (float)c.Out, (float)c.In, (float)c.Noise);
        }

        Tensor all = tensor(coefficients, device: noisy.device);
        Tensor Column(int which) => all[which].view(-1, 1, 1, 1);
        Tensor x = noisy.to(ScalarType.Float32);
        Tensor f = network.forward(Column(2) * x, all[3], embedded);
        return ((Column(0) * x) + (Column(1) * f)).to(noisy.dtype).MoveToOuterDisposeScope();
    }

    private static Tensor Embedding(Condition condition) => condition is TextCondition text
        ? text.Embedding
        : throw new ArgumentException($"{nameof(condition)} must be made by {nameof(ShapesDenoiser)}, but is a {condition.GetType().Name}.", nameof(condition));

    private TextCondition Encode(int[] tokens)
    {
        lock (encoding)
        {
            using IDisposable untracked = inference_mode();
            using DisposeScope scope = NewDisposeScope();
            Tensor batch = tensor(new TokenBatch([tokens]).Tokens, device: Device).unsqueeze(0);
            return new TextCondition(network.EncodeText(batch)[0].clone().DetachFromDisposeScope());
        }
    }
}
