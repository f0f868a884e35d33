using Sjc.Diffusion.Networks.Unet;

namespace Sjc.Diffusion.Networks.GuidedDiffusion;

/// <summary>The flags of a guided-diffusion network, as far as its classifier shares them.</summary>
internal record GuidedDiffusionOptions
{
    /// <summary>Side of the images in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Unit of the channels.</summary>
    public required int Width { get; init; }

    /// <summary>Channels at each resolution, in units of <see cref="Width"/>, from the finest.</summary>
    public required IReadOnlyList<double> Multipliers { get; init; }

    /// <summary>Residual blocks at each resolution of the encoder; the decoder has one more.</summary>
    public required int BlocksPerLevel { get; init; }

    /// <summary>Levels with self-attention, counted from the finest.</summary>
    public required IReadOnlySet<int> AttentionLevels { get; init; }

    /// <summary>Channels of an attention head; 0: <see cref="Heads"/> says how many heads there are.</summary>
    public int HeadWidth { get; init; }

    /// <summary>Heads of an attention where <see cref="HeadWidth"/> is 0.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>The same in the decoder.</summary>
    public int DecoderHeads { get; init; } = 4;

    /// <summary>The embedding scales and shifts; else it is added.</summary>
    public bool ScalesAndShifts { get; init; } = true;

    /// <summary>Residual blocks change the resolution; else a convolution does.</summary>
    public bool ResamplesInBlocks { get; init; }

    /// <summary>Order of attention channels.</summary>
    public QkvOrder AttentionOrder { get; init; } = QkvOrder.HeadPartDimension;

    /// <summary>Channels at a level.</summary>
    public int Channels(int level) => (int)(Multipliers[level] * Width);

    /// <summary>Heads of an attention of so many channels.</summary>
    /// <exception cref="InvalidDataException">They do not divide the channels.</exception>
    public int HeadsOf(int channels, bool decoder = false)
    {
        int heads = HeadWidth > 0 ? channels / HeadWidth : decoder ? DecoderHeads : Heads;
        return heads > 0 && channels % heads == 0 && (HeadWidth == 0 || channels % HeadWidth == 0)
            ? heads
            : throw new InvalidDataException(
                HeadWidth > 0
                    ? $"num_head_channels must divide the {channels} channels of an attention, but is {HeadWidth}."
                    : $"num_heads must divide the {channels} channels of an attention, but is {heads}.");
    }
}
