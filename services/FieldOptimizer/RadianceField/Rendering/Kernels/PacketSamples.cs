using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The samples of a packet of sixteen rays, near to far: sample (step, ray) is at 16·step + ray.</summary>
internal unsafe struct PacketSamples
{
    /// <summary>Floats of a step in <see cref="Values"/>.</summary>
    public const int StepFloats = 2 * RayPackets.Width;

    /// <summary>From a step's values to its slopes and weights.</summary>
    public const int Slopes = 0;
    public const int Weights = RayPackets.Width;

    /// <summary>Steps of the longest ray.</summary>
    public int Steps;

    /// <summary>Cells that need no look; null: all need one.</summary>
    public EmptyCells? EmptyCells;

    /// <summary>Floats per colour: the channels, rounded up to whole vectors of four.</summary>
    public int ColorStride;

    /// <summary>δ, world units.</summary>
    public float StepLength;

    /// <summary>Samples of at most this weight have no colour.</summary>
    public float WeightThreshold;

    /// <summary>Per step a row of sixteen slopes δ·∂σ/∂density and one of weights w; null where nothing is kept.</summary>
    public float* Values;

    /// <summary>Per step a bit for each ray whose sample is above the weight threshold.</summary>
    public ushort* Visible;

    /// <summary>Colours of the visible samples, step by step and ray by ray, one record each.</summary>
    public float* Colors;

    /// <summary>Whether all samples are kept; else each chunk overwrites the one before.</summary>
    public readonly bool Keeps => Values != null;

    /// <summary>Goes past steps whose samples cannot be seen.</summary>
    public void Skip(int steps)
    {
        if (Keeps)
        {
            Values += steps * StepFloats;
            Visible += steps;
        }
    }

    /// <summary>Gives the steps before these, which were skipped, neither weights nor slopes.</summary>
    public readonly void ClearSkipped(int steps)
    {
        if (Keeps)
        {
            new Span<float>(Values - (steps * StepFloats), steps * StepFloats).Clear();
            new Span<ushort>(Visible - steps, steps).Clear();
        }
    }

    /// <summary>The place of a sample's weight in <see cref="Values"/>.</summary>
    public static int WeightOf(int sample) => sample + (sample & ~(RayPackets.Width - 1)) + Weights;
}
