using Sjc.Contracts.Score.V1;
using Sjc.Contracts.Tensors;
using Sjc.FieldOptimizer.Jobs;
using Sjc.FieldOptimizer.Scoring;

namespace Sjc.Benchmarks.Rendering;

/// <summary>A scorer that answers at once, always the same.</summary>
/// <param name="gradient">Of its answers, [1, c, h, w].</param>
/// <param name="asked">Is told of each request.</param>
internal sealed class InstantScorer(float[] gradient, Action asked) : ILoopScorer
{
    private const int Side = RenderBenchmarkScene.StandardImageSide;
    private readonly ScoreResponse answer = new() { Gradient = TensorCodec.Encode(gradient, [1, RenderBenchmarkScene.Channels, Side, Side]) };

    public ScoreResponse Score(ScoreRequest request, CancellationToken stop)
    {
        asked();
        return answer;
    }

    public DecodedPicture Decode(Model model, float[] latents, int height, int width, CancellationToken stop) => DecodedPicture.None("There is no decoder.");
}
