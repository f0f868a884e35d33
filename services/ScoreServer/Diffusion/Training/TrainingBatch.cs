using Sjc.Diffusion.Shapes;
using Sjc.Diffusion.Text;
using Sjc.Numerics;

namespace Sjc.Diffusion.Training;

/// <summary>What one training step is made of; a pure function of the options and the step.</summary>
internal sealed class TrainingBatch
{
    private const uint Choice = 0;
    private const uint NoiseLevel = 1;
    private const uint Noise = 2;
    private const uint Caption = 3;

    /// <summary>Draws pictures, captions, noise levels and noise.</summary>
    public TrainingBatch(TrainingOptions options, ShapePictures pictures, CaptionTokens captions, long step)
    {
        int size = options.BatchSize;
        RandomKey Key(uint purpose) => new(options.Seed, RandomStream.Training, (uint)step, purpose);
        Clean = new float[size * pictures.ElementCount];
        NoiseValues = new float[Clean.Length];
        Sigmas = new double[size];
        float[] levels = new float[size];
        Key(NoiseLevel).FillNormal(levels);
        Key(Noise).FillNormal(NoiseValues);
        int[][] prompts = new int[size][];
        for (int row = 0; row < size; row++)
        {
            int picture = Key(Choice).UniformInteger((uint)row, pictures.Count);
            pictures.CopyTo(picture, Clean.AsSpan(row * pictures.ElementCount, pictures.ElementCount));
            Sigmas[row] = Math.Exp(options.LogSigmaMean + (options.LogSigmaDeviation * levels[row]));
            prompts[row] = captions.Draw(pictures.CaptionIndex(picture), options.CaptionDropout, Key(Caption), 2 * (uint)row);
        }

        Prompts = new TokenBatch(prompts);
    }

    /// <summary>Pictures, [batch, 3, size, size].</summary>
    public float[] Clean { get; }

    /// <summary>Standard normal noise, [batch, 3, size, size].</summary>
    public float[] NoiseValues { get; }

    /// <summary>σ of each picture.</summary>
    public double[] Sigmas { get; }

    /// <summary>Tokens of the captions.</summary>
    public TokenBatch Prompts { get; }
}
