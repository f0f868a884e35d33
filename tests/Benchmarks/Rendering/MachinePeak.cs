using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Sjc.Benchmarks.Rendering;

/// <summary>What one core of this machine can do at most, measured: bytes of a triad that fits no cache, and fused multiply-adds.</summary>
internal static unsafe class MachinePeak
{
    private const int TriadFloats = 1 << 24;
    private const int Rounds = 8;

    /// <summary>a = b + s·c over three arrays of 64 MiB; bytes read and written per second.</summary>
    public static double MeasureTriadBytesPerSecond()
    {
        float[] a = new float[TriadFloats];
        float[] b = new float[TriadFloats];
        float[] c = new float[TriadFloats];
        Array.Fill(b, 1);
        Array.Fill(c, 2);
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            Triad(a, b, c);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 3.0 * sizeof(float) * TriadFloats / best;
    }

    /// <summary>Independent fused multiply-adds in the widest vectors; two operations each, per second.</summary>
    public static double MeasureOperationsPerSecond()
    {
        const int Iterations = 2_000_000;
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            Work(Iterations);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * 8 * (Vector512.IsHardwareAccelerated ? 16 : 8) * Iterations / best;
    }

    /// <summary>The loop of <see cref="MeasureOperationsPerSecond"/>: 16 operations per lane and iteration, none of them on memory.</summary>
    public static void Work(int iterations) => Keep = Vector512.IsHardwareAccelerated ? Multiply512(iterations) : Multiply256(iterations);

    /// <summary>So that the results are needed.</summary>
    private static float Keep { get; set; }

    private static void Triad(float[] a, float[] b, float[] c)
    {
        fixed (float* to = a, x = b, y = c)
        {
            for (int i = 0; i < TriadFloats; i += 16)
            {
                Vector512.FusedMultiplyAdd(Vector512.Create(3f), Vector512.Load(y + i), Vector512.Load(x + i)).Store(to + i);
            }
        }
    }

    private static float Multiply512(int iterations)
    {
        Vector512<float> factor = Vector512.Create(0.999f);
        Vector512<float> a = factor, b = factor, c = factor, d = factor, e = factor, f = factor, g = factor, h = factor;
        for (int i = 0; i < iterations; i++)
        {
            a = Vector512.FusedMultiplyAdd(a, factor, factor);
            b = Vector512.FusedMultiplyAdd(b, factor, factor);
            c = Vector512.FusedMultiplyAdd(c, factor, factor);
            d = Vector512.FusedMultiplyAdd(d, factor, factor);
            e = Vector512.FusedMultiplyAdd(e, factor, factor);
            f = Vector512.FusedMultiplyAdd(f, factor, factor);
            g = Vector512.FusedMultiplyAdd(g, factor, factor);
            h = Vector512.FusedMultiplyAdd(h, factor, factor);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h);
    }

    private static float Multiply256(int iterations)
    {
        Vector256<float> factor = Vector256.Create(0.999f);
        Vector256<float> a = factor, b = factor, c = factor, d = factor, e = factor, f = factor, g = factor, h = factor;
        for (int i = 0; i < iterations; i++)
        {
            a = Vector256.FusedMultiplyAdd(a, factor, factor);
            b = Vector256.FusedMultiplyAdd(b, factor, factor);
            c = Vector256.FusedMultiplyAdd(c, factor, factor);
            d = Vector256.FusedMultiplyAdd(d, factor, factor);
            e = Vector256.FusedMultiplyAdd(e, factor, factor);
            f = Vector256.FusedMultiplyAdd(f, factor, factor);
            g = Vector256.FusedMultiplyAdd(g, factor, factor);
            h = Vector256.FusedMultiplyAdd(h, factor, factor);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h);
    }
}
