namespace Sjc.Diffusion.Sampling;

/// <summary>Scaled normal noise on a sampler's state.</summary>
public static class StateNoise
{
    /// <summary>x += scale · n, image by image; index = image.</summary>
    /// <param name="state">x, [images, c, h, w].</param>
    /// <param name="imageCount">Images in the state.</param>
    /// <param name="scale">Factor on the noise.</param>
    /// <param name="noise">Where n comes from.</param>
    /// <param name="iteration">Of the noise's key.</param>
    public static void Add(Span<double> state, int imageCount, double scale, INoiseSource noise, uint iteration = 0)
    {
        int size = state.Length / imageCount;
        float[] values = new float[size];
        for (int image = 0; image < imageCount; image++)
        {
            noise.Fill(iteration, (uint)image, values);
            Span<double> target = state.Slice(image * size, size);
            for (int k = 0; k < size; k++)
            {
                target[k] += scale * values[k];
            }
        }
    }
}
