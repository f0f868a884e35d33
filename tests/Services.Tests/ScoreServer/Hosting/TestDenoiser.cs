using Sjc.Diffusion;
using static TorchSharp.torch;

namespace Sjc.Services.Tests.ScoreServer.Hosting;

/// <summary>A denoiser of <see cref="TinyPictures.Shape"/> made of a function of the rows and their noise levels.</summary>
internal sealed class TestDenoiser(Func<Tensor, double[], Tensor> denoise, IReadOnlyList<double>? ladder = null, ConditioningKind conditioning = ConditioningKind.Prompt, int classes = 0)
    : IDenoiser
{
    public DenoiserDescription Description { get; } = new()
    {
        Kind = "test",
        DataShape = TinyPictures.Shape,
        SigmaMin = ladder?[^1] ?? 0.01,
        SigmaMax = ladder?[0] ?? 100,
        SigmaLadder = ladder,
        Conditioning = conditioning,
        ClassCount = classes,
        MaxPromptTokens = 8,
    };

    public Condition Unconditional { get; } = new Nothing();

    public PromptEncoding EncodePrompt(string prompt) => new(Unconditional, prompt.Split(' ').Length, []);

    public Condition EncodeClassLabel(int label) => Unconditional;

    public Tensor Denoise(Tensor noisy, ReadOnlySpan<double> sigmas, IReadOnlyList<Condition> conditions) => denoise(noisy, sigmas.ToArray());

    public void Dispose()
    {
    }

    private sealed class Nothing : Condition;
}
