using TorchSharp;
using static TorchSharp.torch;

namespace Sjc.Diffusion.Exact;

/// <summary>The optimal denoiser of a finite set of captioned pictures in closed form: D(x; σ) = Σᵢ softmaxᵢ(−‖x − yᵢ‖²/2σ²)·yᵢ over the
/// pictures that the prompt selects (Karras et al. 2022, eq. 57). It needs no weights, and is the oracle of tests.</summary>
/// <remarks>A prompt selects the pictures whose captions hold all of its known words; the unconditional model has all pictures.</remarks>
public sealed class ExactDenoiser : IDenoiser
{
    private const int MaxPromptWords = 64;
    private readonly IPictureSource source;
    private readonly HashSet<string> vocabulary;
    private readonly PictureSetCache sets;
    private readonly Device device;

    /// <summary>A denoiser of a collection.</summary>
    public ExactDenoiser(IPictureSource source, ExactDenoiserOptions? options = null)
    {
        TorchRuntime.Initialize();
        options ??= new ExactDenoiserOptions();
        this.source = source;
        vocabulary = [.. source.Vocabulary];
        device = torch.device(options.Device);
        sets = new PictureSetCache(source, device, options.CacheBytes);
        Unconditional = new PictureCondition(source.Select([]) ?? throw new ArgumentException($"{nameof(source)} must hold at least one picture, but is empty.", nameof(source)));
        Description = Describe(source, options);
    }

    /// <inheritdoc/>
    public DenoiserDescription Description { get; }

    /// <inheritdoc/>
    public Condition Unconditional { get; }

    /// <inheritdoc/>
    public PromptEncoding EncodePrompt(string prompt)
    {
        IReadOnlyList<string> words = PromptWords.Split(prompt);
        if (words.Count > MaxPromptWords)
        {
            throw new ArgumentException($"{nameof(prompt)} must have at most {MaxPromptWords} words, but has {words.Count}.", nameof(prompt));
        }

        if (words.Count == 0)
        {
            return new PromptEncoding(Unconditional, 0, []);
        }

        string[] known = [.. words.Where(vocabulary.Contains)];
        string key = (known.Length == 0 ? null : source.Select(known)) ?? throw new ArgumentException(
            $"{nameof(prompt)} must select at least one picture, but \"{prompt}\" selects none; there are pictures of: {string.Join("; ", source.ExampleCaptions)}.", nameof(prompt));
        return new PromptEncoding(new PictureCondition(key), words.Count, [.. words.Where(word => !vocabulary.Contains(word))]);
    }

    /// <inheritdoc/>
    public Tensor Denoise(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        string[] keys = RequireRows(noisy, sigmas, conditions);
        Tensor rows = noisy.to(device).to(float64).view(keys.Length, -1);
        Tensor variances = tensor(sigmas.ToArray(), dtype: float64, device: device).square().view(-1, 1);
        string[] distinct = [.. keys.Distinct()];
        if (distinct.Length == 1)
        {
            return ToCaller(sets.Get(keys[0]).Denoise(rows, variances), noisy);
        }

        Tensor denoised = empty_like(rows);
        foreach (string key in distinct)
        {
            long[] members = [.. Enumerable.Range(0, keys.Length).Where(row => keys[row] == key).Select(row => (long)row)];
            Tensor index = tensor(members, device: device);
            denoised.index_copy_(0, index, sets.Get(key).Denoise(rows.index_select(0, index), variances.index_select(0, index)));
        }

        return ToCaller(denoised, noisy);
    }

    /// <inheritdoc/>
    public void Dispose() => sets.Dispose();

    private static Tensor ToCaller(Tensor denoised, Tensor noisy) => denoised.to(noisy.dtype).to(noisy.device).view(noisy.shape).MoveToOuterDisposeScope();

    private string[] RequireRows(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions)
    {
        DataShape shape = source.DataShape;
        long[] actual = noisy.shape;
        if (actual is not [> 0, _, _, _] || actual[1] != shape.Channels || actual[2] != shape.Height || actual[3] != shape.Width)
        {
            throw new ArgumentException($"{nameof(noisy)} must be [n, {shape.Channels}, {shape.Height}, {shape.Width}], but is [{string.Join(", ", actual)}].", nameof(noisy));
        }

        if (sigmas.Length != actual[0] || conditions.Count != actual[0])
        {
            throw new ArgumentException($"{nameof(sigmas)} and {nameof(conditions)} must have one entry a row ({actual[0]}), but have {sigmas.Length} and {conditions.Count}.", nameof(sigmas));
        }

        return [.. conditions.Select(condition => condition is PictureCondition picture
            ? picture.Key
            : throw new ArgumentException($"{nameof(conditions)} must come from this denoiser, but hold a {condition.GetType().Name}.", nameof(conditions)))];
    }

    private static DenoiserDescription Describe(IPictureSource source, ExactDenoiserOptions options) => new()
    {
        Name = options.Name,
        Kind = "exact",
        Summary = options.Summary,
        DataShape = source.DataShape,
        SigmaMin = options.SigmaMin,
        SigmaMax = options.SigmaMax,
        MaxPromptTokens = MaxPromptWords,
        Vocabulary = source.Vocabulary,
        ViewWording = options.ViewWording,
        Hints = options.Hints,
        Device = options.Device,
        ComputeType = options.ComputeType,
        ExamplePrompts = source.ExampleCaptions,
    };
}
