namespace Sjc.Benchmarks.Rendering;

/// <summary>What an iteration has to do, counted from its results.</summary>
/// <param name="Samples">Of weight above zero.</param>
/// <param name="Visible">Of weight above the threshold.</param>
/// <param name="Densities">All voxels.</param>
/// <param name="Features">Values that a gradient reached.</param>
internal readonly record struct RenderWork(long Samples, long Visible, long Densities, long Features)
{
    /// <summary>Least bytes from and to memory, each array once per stage that needs it: the field is read for the picture; the tape
    /// (12 bytes a sample, 16 more for a visible one) is written and read; the density gradient (4 a sample) is written and read; the
    /// optimiser reads and writes a value, its moment and its norm.</summary>
    public double Bytes => (Samples * (2.0 * (12 + 4))) + (Visible * (2.0 * 16)) + ((Densities + Features) * (4.0 + 24));

    /// <summary>Arithmetic, counted from the kernels for four channels: a sample's place 12, density 21, absorption 62, adjoint 16 and scatter 22;
    /// a visible sample's colour 56, compositing 8, adjoint 8 and scatter 64; 9 per value of the optimiser.</summary>
    public double Operations => (Samples * 133.0) + (Visible * 136.0) + ((Densities + Features) * 9.0);
}
