using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Optimization;

namespace Sjc.FieldOptimizer.Jobs;

/// <summary>The optimisation of a running job, of which others may take copies between two steps.</summary>
internal sealed class LiveField(SjcOptimization optimization)
{
    private readonly Lock gate = new();

    /// <summary>One optimiser step; no copy is taken meanwhile.</summary>
    public IterationLosses Step(ReadOnlySpan<float> gradient)
    {
        lock (gate)
        {
            return optimization.Step(gradient);
        }
    }

    /// <summary>The whole state as after the last step.</summary>
    public SafetensorsFile Copy()
    {
        SafetensorsWriter writer = new();
        lock (gate)
        {
            optimization.Save(writer);
        }

        using MemoryStream stream = new();
        writer.Write(stream);
        stream.Position = 0;
        return SafetensorsFile.Read(stream);
    }
}
