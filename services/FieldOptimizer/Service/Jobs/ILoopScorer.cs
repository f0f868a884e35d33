using Sjc.Contracts.Score.V1;
using Sjc.FieldOptimizer.Scoring;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>What a job's loop asks of a scorer; its thread waits for the answers.</summary>
internal interface ILoopScorer
{
    /// <summary>The scores of one iteration's pictures.</summary>
    ScoreResponse Score(ScoreRequest request, CancellationToken stop);

    /// <summary>The picture of an image of latents, [c, height, width], or why there is none.</summary>
    DecodedPicture Decode(Model model, float[] latents, int height, int width, CancellationToken stop);
}
