using System.Runtime.CompilerServices;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Optimizers;

/// <summary>The inner loops of <see cref="Adamax"/>.</summary>
internal static unsafe class AdamaxKernel
{
    private const int SumWidth = 16;

    /// <summary>Values after which narrow vectors turn to the next of the sixteen sums: few enough for the first-level cache.</summary>
    private const int SumBlock = 64 * SumWidth;

    /// <summary>Updates <paramref name="count"/> values: whole vectors first, the rest one by one.</summary>
    public static void Update<TLanes>(float* parameters, float* gradient, float* moment, float* norm, int count, float correctedRate)
        where TLanes : struct, ILanes<TLanes>
    {
        int whole = count - (count % TLanes.Count);
        for (int i = 0; i < whole; i += TLanes.Count)
        {
            UpdateVector(parameters + i, TLanes.Load(gradient + i), moment + i, norm + i, correctedRate);
        }

        for (int i = whole; i < count; i++)
        {
            UpdateVector(parameters + i, Lanes1.Load(gradient + i), moment + i, norm + i, correctedRate);
        }
    }

    /// <summary>Updates <paramref name="count"/> values, whole vectors, and sets their gradient to zero for the next use.</summary>
    public static void UpdateAndClear<TLanes>(float* parameters, float* gradient, float* moment, float* norm, int count, float correctedRate)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int i = 0; i < count; i += TLanes.Count)
        {
            TLanes g = TLanes.Load(gradient + i);
            TLanes.Create(0).Store(gradient + i);
            UpdateVector(parameters + i, g, moment + i, norm + i, correctedRate);
        }
    }

    /// <summary>As <see cref="UpdateAndClear"/>, for whole sixteens, and gives Σ parameter·gradient before the update.</summary>
    /// <remarks>Sixteen sums go on side by side, so that every width of vectors gives the same bits.</remarks>
    public static double UpdateClearAndSum<TLanes>(float* parameters, float* gradient, float* moment, float* norm, int count, float correctedRate)
        where TLanes : struct, ILanes<TLanes>
    {
        float* sums = stackalloc float[SumWidth];
        new Span<float>(sums, SumWidth).Clear();
        for (int block = 0; block < count; block += SumBlock)
        {
            int end = Math.Min(block + SumBlock, count);
            for (int lane = 0; lane < SumWidth; lane += TLanes.Count)
            {
                TLanes partial = TLanes.Load(sums + lane);
                for (int i = block + lane; i < end; i += SumWidth)
                {
                    TLanes g = TLanes.Load(gradient + i);
                    TLanes.Create(0).Store(gradient + i);
                    partial = TLanes.MultiplyAdd(TLanes.Load(parameters + i), g, partial);
                    UpdateVector(parameters + i, g, moment + i, norm + i, correctedRate);
                }

                partial.Store(sums + lane);
            }
        }

        double sum = 0;
        for (int lane = 0; lane < SumWidth; lane++)
        {
            sum += sums[lane];
        }

        return sum;
    }

    /// <summary>Updates <paramref name="count"/> values, whole vectors, whose gradient is zero.</summary>
    /// <returns>Whether all first moments are zero now: from then on only the norms change.</returns>
    public static bool UpdateWithoutGradient<TLanes>(float* parameters, float* moment, float* norm, int count, float correctedRate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes largest = TLanes.Create(0);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            UpdateVector(parameters + i, TLanes.Create(0), moment + i, norm + i, correctedRate);
            largest = TLanes.Max(TLanes.Abs(TLanes.Load(moment + i)), largest);
        }

        return TLanes.GreaterMask(largest, TLanes.Create(0)) == 0;
    }

    /// <summary>What <paramref name="steps"/> steps without a gradient make of the norms, with the same bits.</summary>
    public static void Decay<TLanes>(float* norm, int count, int steps)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int i = 0; i < count; i += TLanes.Count)
        {
            TLanes u = TLanes.Load(norm + i);
            for (int step = 0; step < steps; step++)
            {
                TLanes next = TLanes.Max(TLanes.Create(Adamax.Beta2) * u, TLanes.Create(Adamax.Epsilon));
                if ((TLanes.GreaterMask(next, u) | TLanes.GreaterMask(u, next)) == 0)
                {
                    break;
                }

                u = next;
            }

            u.Store(norm + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UpdateVector<TLanes>(float* parameters, TLanes g, float* moment, float* norm, float correctedRate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes m = TLanes.MultiplyAdd(TLanes.Create(Adamax.Beta1), TLanes.Load(moment), TLanes.Create(1 - Adamax.Beta1) * g);
        m = TLanes.SelectGreater(TLanes.Abs(m), TLanes.Create(Adamax.NegligibleMoment), m, TLanes.Create(0));
        TLanes u = TLanes.Max(TLanes.Create(Adamax.Beta2) * TLanes.Load(norm), TLanes.Abs(g) + TLanes.Create(Adamax.Epsilon));
        TLanes p = TLanes.Load(parameters) - (TLanes.Create(correctedRate) * (m / u));
        m.Store(moment);
        u.Store(norm);
        p.Store(parameters);
    }
}
