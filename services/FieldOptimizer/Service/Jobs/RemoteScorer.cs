using Sjc.Client;
using Sjc.Contracts.Score.V1;
using Sjc.FieldOptimizer.Scoring;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>The scorer at the other end of a connection.</summary>
internal sealed class RemoteScorer(ScorerClient scorer, LatentDecoder decoder) : ILoopScorer
{
    // A loop has a thread of its own, that has nothing else to do than wait.
    public ScoreResponse Score(ScoreRequest request, CancellationToken stop) => scorer.ScoreAsync(request, stop).GetAwaiter().GetResult();

    public DecodedPicture Decode(Model model, float[] latents, int height, int width, CancellationToken stop) =>
        decoder.DecodeAsync(model, latents, height, width, stop).GetAwaiter().GetResult();
}
