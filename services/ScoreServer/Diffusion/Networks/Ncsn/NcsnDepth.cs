namespace Sjc.Diffusion.Networks.Ncsn;

/// <summary>The three sizes in which NCSNv2 exists.</summary>
internal enum NcsnDepth
{
    /// <summary>NCSNv2, four stages: 32 and 64 pixels.</summary>
    Base,

    /// <summary>NCSNv2Deeper, five stages: 96 and 128 pixels.</summary>
    Deeper,

    /// <summary>NCSNv2Deepest, six stages: 256 pixels.</summary>
    Deepest,
}
