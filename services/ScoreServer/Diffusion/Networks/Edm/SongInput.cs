namespace Sjc.Diffusion.Networks.Edm;

/// <summary>How an encoder sees the input at its lower resolutions.</summary>
internal enum SongInput
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>A pyramid of it is projected and added.</summary>
    Skip,

    /// <summary>It is halved with a convolution, mixed with the features, and goes on so to the next resolution.</summary>
    Residual,
}
