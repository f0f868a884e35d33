namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>The activations between which NCSNv2's configurations choose.</summary>
internal enum NcsnActivation
{
    /// <summary>Exponential linear unit.</summary>
    Elu,

    /// <summary>Rectifier.</summary>
    Relu,

    /// <summary>Rectifier with slope 0.2 below 0.</summary>
    LeakyRelu,

    /// <summary>x·sigmoid(x).</summary>
    Swish,
}
