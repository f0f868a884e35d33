namespace Sjc.RadianceField.Fields;

/// <summary>From a voxel field's features to the channels of its pictures.</summary>
public enum ColorActivation
{
    /// <summary>Features are the channels (latent models).</summary>
    Identity,

    /// <summary>2·sigmoid − 1, in (−1, 1) (pixel models).</summary>
    SigmoidCentered,

    /// <summary>sigmoid, in (0, 1).</summary>
    Sigmoid,
}
