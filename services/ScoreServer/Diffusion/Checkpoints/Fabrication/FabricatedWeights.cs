using System.Runtime.InteropServices;
using Sjc.Diffusion.Checkpoints.Elements;
using Sjc.Numerics;
using Sjc.Numerics.Safetensors;

namespace Sjc.Diffusion.Checkpoints.Fabrication;

/// <summary>Writes tensors of seeded random numbers, in memory for one run of them, with scales at which a network's activations stay finite.</summary>
internal static class FabricatedWeights
{
    private const int RunLength = 16_384;
    private const float BiasRange = 0.02f;
    private const float NormRange = 0.1f;

    /// <summary>Writes a file.</summary>
    /// <param name="path">Replaced when complete.</param>
    /// <param name="tensors">In the order of their places in the file.</param>
    /// <param name="dataType">F16 or F32.</param>
    /// <param name="seed">Equal seeds give equal files.</param>
    /// <param name="written">Told the bytes of each run.</param>
    /// <param name="cancellationToken">Stops between runs and leaves no file.</param>
    public static void Write(
        string path, IReadOnlyList<KeyValuePair<string, IReadOnlyList<long>>> tensors, SafetensorsDataType dataType, ulong seed, Action<long> written, CancellationToken cancellationToken)
    {
        Dictionary<string, string> metadata = new() { ["format"] = "pt", ["sjc.fabricated"] = $"random, seed {seed}" };
        using SafetensorsStreamWriter writer = new(path, metadata, [.. tensors.Select(tensor => (tensor.Key, dataType, tensor.Value))]);
        float[] values = new float[RunLength];
        Half[] halves = new Half[RunLength];
        for (int i = 0; i < tensors.Count; i++)
        {
            long count = tensors[i].Value.Aggregate(1L, (product, extent) => product * extent);
            (float centre, float range) = Distribution(tensors[i].Key, tensors[i].Value);
            for (long first = 0; first < count; first += RunLength)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<float> run = values.AsSpan(0, (int)Math.Min(RunLength, count - first));
                new RandomKey(seed, RandomStream.WeightInitialization, (uint)i, (uint)(first / RunLength)).FillUniform(run);
                for (int k = 0; k < run.Length; k++)
                {
                    run[k] = centre + (range * ((2 * run[k]) - 1));
                }

                ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(run);
                if (dataType == SafetensorsDataType.F16)
                {
                    HalfPrecision.NarrowToFloat16(run, halves);
                    bytes = MemoryMarshal.AsBytes(halves.AsSpan(0, run.Length));
                }

                writer.Write(bytes);
                written(bytes.Length);
            }
        }

        writer.Complete();
    }

    /// <summary>Centre and half-width of a tensor's uniform distribution: norms about 1, biases about 0, matrices such that unit variance stays (LeCun 1998).</summary>
    private static (float Centre, float Range) Distribution(string name, IReadOnlyList<long> shape)
    {
        if (shape.Count < 2)
        {
            return name.EndsWith("weight", StringComparison.Ordinal) ? (1, NormRange) : (0, BiasRange);
        }

        long inputs = shape.Skip(1).Aggregate(1L, (product, extent) => product * extent);
        return (0, MathF.Sqrt(3f / inputs));
    }
}
