using System.Runtime.CompilerServices;
using Sjc.RadianceField.Optimization;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>The inner loop of <see cref="Adamax"/>.</summary>
internal static unsafe class AdamaxKernel
{
    /// <summary>Updates <paramref name="count"/> values: whole vectors first, the rest one by one.</summary>
    public static void Update<TLanes>(float* parameters, float* gradient, float* moment, float* norm, int count, float correctedRate)
        where TLanes : struct, ILanes<TLanes>
    {
        int whole = count - (count % TLanes.Count);
        for (int i = 0; i < whole; i += TLanes.Count)
        {
            UpdateVector<TLanes>(parameters + i, gradient + i, moment + i, norm + i, correctedRate);
        }

        for (int i = whole; i < count; i++)
        {
            UpdateVector<Lanes1>(parameters + i, gradient + i, moment + i, norm + i, correctedRate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void UpdateVector<TLanes>(float* parameters, float* gradient, float* moment, float* norm, float correctedRate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes g = TLanes.Load(gradient);
        TLanes m = TLanes.MultiplyAdd(TLanes.Create(Adamax.Beta1), TLanes.Load(moment), TLanes.Create(1 - Adamax.Beta1) * g);
        m = TLanes.SelectGreater(TLanes.Abs(m), TLanes.Create(Adamax.NegligibleMoment), m, TLanes.Create(0));
        TLanes u = TLanes.Max(TLanes.Create(Adamax.Beta2) * TLanes.Load(norm), TLanes.Abs(g) + TLanes.Create(Adamax.Epsilon));
        TLanes p = TLanes.Load(parameters) - (TLanes.Create(correctedRate) * (m / u));
        m.Store(moment);
        u.Store(norm);
        p.Store(parameters);
    }
}
