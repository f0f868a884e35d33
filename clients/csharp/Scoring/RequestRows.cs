using Sjc.Contracts.Score.V1;

namespace Sjc.Client.Scoring;

/// <summary>How much work a request is, as scorers count it.</summary>
internal static class RequestRows
{
    /// <summary>Rows of the network: an unguided draw of an image 1, a guided one 2; at least 1.</summary>
    public static int Count(ScoreRequest request)
    {
        long images = request.Images is { Shape.Count: > 0 } tensor ? tensor.Shape[0] : 1;
        long draws = request.PerturbAndAverage is { HasDraws: true } estimator ? estimator.Draws : 1;
        long perDraw = request.HasGuidanceScale && request.GuidanceScale != 1 ? 2 : 1;
        return (int)Math.Clamp(images * draws * perDraw, 1, 1_000_000);
    }
}
