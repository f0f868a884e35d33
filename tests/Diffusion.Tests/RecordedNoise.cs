namespace Sjc.Diffusion.Tests;

/// <summary>Noise from a golden tensor, [calls, images, size]: the k-th distinct iteration that asks gets the k-th entry.</summary>
internal sealed class RecordedNoise(float[] values, int imageCount, int size) : INoiseSource
{
    private readonly List<uint> iterations = [];

    /// <summary>How many entries were handed out.</summary>
    public int CallCount => iterations.Count;

    public void Fill(uint iteration, uint index, Span<float> target)
    {
        if (!iterations.Contains(iteration))
        {
            iterations.Add(iteration);
        }

        int entry = iterations.IndexOf(iteration);
        values.AsSpan(((entry * imageCount) + (int)index) * size, size).CopyTo(target);
    }
}
