namespace Sjc.Diffusion;

/// <summary>What one row of a network is denoised towards: an embedding, a selection of pictures, nothing. Made by a denoiser, opaque to
/// everybody else, immutable, and of use to the denoiser that made it alone.</summary>
public abstract class Condition
{
    /// <summary>Bytes of the tensors that it holds, for those who keep many.</summary>
    public virtual long ByteCount => 0;
}
