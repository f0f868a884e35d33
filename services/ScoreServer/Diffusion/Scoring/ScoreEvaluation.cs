using static TorchSharp.torch;

namespace Sjc.Diffusion.Scoring;

/// <summary>Answers a query with a denoiser at hand, without a server's batcher.</summary>
public static class ScoreEvaluation
{
    /// <summary>All rows of the query in one batch.</summary>
    public static ScoreResult Evaluate(IDenoiser denoiser, ScoreQuery query)
    {
        DataShape shape = query.DataShape;
        int rows = ScoreRows.RowCount(query);
        float[] noisy = new float[rows * shape.ElementCount];
        double[] sigmas = new double[rows];
        Condition[] conditions = new Condition[rows];
        for (int row = 0; row < rows; row++)
        {
            (sigmas[row], conditions[row]) = ScoreRows.WriteRow(query, row, noisy.AsSpan(row * shape.ElementCount, shape.ElementCount));
        }

        using IDisposable scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor input = tensor(noisy, new long[] { rows, shape.Channels, shape.Height, shape.Width });
        Tensor denoised = denoiser.Denoise(input.to(denoiser.Description.StateType).to(denoiser.Description.Device), sigmas, conditions);
        return ScoreRows.Combine(query, denoised.cpu().to(float32).contiguous().data<float>().ToArray());
    }
}
