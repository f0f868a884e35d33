namespace Sjc.RadianceField.Fields;

/// <summary>How interpolated features f become colours.</summary>
public enum ColorMode
{
    /// <summary>f itself (the reference's V_SD): latent channels.</summary>
    Raw,

    /// <summary>2·sigmoid(f) − 1, in (−1, 1) (the reference's V_SJC).</summary>
    SigmoidCentered,

    /// <summary>sigmoid(f), in (0, 1) (the reference's VoxRF).</summary>
    Sigmoid,
}
