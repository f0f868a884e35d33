namespace Sjc.Diffusion;

/// <summary>Where standard normal noise comes from: counter-based in the product, recorded in golden tests.</summary>
public interface INoiseSource
{
    /// <summary>Fills with the normal variates of one (iteration, index); equal arguments give equal numbers.</summary>
    /// <param name="iteration">Of the optimiser, or the step of a sampler.</param>
    /// <param name="index">Of the image or draw within the iteration.</param>
    /// <param name="values">Receives the variates.</param>
    void Fill(uint iteration, uint index, Span<float> values);
}
