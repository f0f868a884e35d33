namespace Sjc.Diffusion.Networks.Unet;

/// <summary>How the channels of queries, keys and values lie in one projection.</summary>
public enum QkvOrder
{
    /// <summary>[head][query, key, value][dimension]: guided diffusion's first order, which it calls legacy.</summary>
    HeadPartDimension,

    /// <summary>[query, key, value][head][dimension]: guided diffusion's new order.</summary>
    PartHeadDimension,

    /// <summary>[head][dimension][query, key, value]: EDM.</summary>
    HeadDimensionPart,
}
