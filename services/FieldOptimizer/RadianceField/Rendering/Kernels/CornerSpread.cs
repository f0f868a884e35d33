using System.Runtime.CompilerServices;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Samples' values times the trilinear weights of their cells' corners.</summary>
internal static unsafe class CornerSpread
{
    private const int Width = RayPackets.Width;

    /// <summary>Spreads a chunk's density gradients, and its weights where a colour is seen.</summary>
    /// <param name="cells">Of the chunk.</param>
    /// <param name="count">Steps.</param>
    /// <param name="low">The first cell that counts.</param>
    /// <param name="length">Cells that count.</param>
    /// <param name="gradients">[count, 16].</param>
    /// <param name="densities">Receives the gradients' runs.</param>
    /// <param name="weights">Rows of sixteen, <see cref="PacketSamples.StepFloats"/> apart; null: none.</param>
    /// <param name="threshold">Weights of at most this count as zero.</param>
    /// <param name="colors">Receives the weights' runs.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Spread<TLanes>(
        SampleCells cells, int count, int low, int length, float* gradients, SampleRuns densities, float* weights, float threshold, SampleRuns colors)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes zero = TLanes.Create(0);
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            // Eight corners, one variable each: the compiler keeps them in registers, which it does not with a struct of them.
            (TLanes a0, TLanes a1, TLanes a2, TLanes a3) = (zero, zero, zero, zero);
            (TLanes a4, TLanes a5, TLanes a6, TLanes a7) = (zero, zero, zero, zero);
            (TLanes b0, TLanes b1, TLanes b2, TLanes b3) = (zero, zero, zero, zero);
            (TLanes b4, TLanes b5, TLanes b6, TLanes b7) = (zero, zero, zero, zero);
            for (int i = 0; i < count; i++)
            {
                int at = (i * Width) + lane;
                int* index = cells.Index + at;
                int* before = i > 0 ? index - Width : index;
                uint same = TLanes.EqualMask(index, before);
                uint inside = TLanes.RangeMask(index, low, length);
                TLanes keep = TLanes.WhereEqual(index, before, TLanes.Create(1));
                (TLanes x, TLanes y, TLanes z) = (TLanes.Load(cells.X + at), TLanes.Load(cells.Y + at), TLanes.Load(cells.Z + at));
                TLanes front = TLanes.Create(1) - z;
                TLanes c2 = front * y;
                TLanes c0 = front - c2;
                TLanes c1 = c0 * x;
                c0 -= c1;
                TLanes c3 = c2 * x;
                c2 -= c3;
                TLanes c6 = z * y;
                TLanes c4 = z - c6;
                TLanes c5 = c4 * x;
                c4 -= c5;
                TLanes c7 = c6 * x;
                c6 -= c7;
                TLanes value = TLanes.Load(gradients + at);
                densities.Mark(i, lane, inside & TLanes.GreaterMask(TLanes.Abs(value), zero), same);
                a0 = TLanes.MultiplyAdd(value, c0, a0 * keep);
                a1 = TLanes.MultiplyAdd(value, c1, a1 * keep);
                a2 = TLanes.MultiplyAdd(value, c2, a2 * keep);
                a3 = TLanes.MultiplyAdd(value, c3, a3 * keep);
                a4 = TLanes.MultiplyAdd(value, c4, a4 * keep);
                a5 = TLanes.MultiplyAdd(value, c5, a5 * keep);
                a6 = TLanes.MultiplyAdd(value, c6, a6 * keep);
                a7 = TLanes.MultiplyAdd(value, c7, a7 * keep);
                float* corners = densities.Corners + (4 * Width * i);
                TLanes.StoreQuads(corners, lane, a0, a2, a1, a3);
                TLanes.StoreQuads(corners + SampleRuns.FacePitch, lane, a4, a6, a5, a7);
                if (weights == null)
                {
                    continue;
                }

                value = TLanes.Load(weights + (i * PacketSamples.StepFloats) + lane);
                value = TLanes.SelectGreater(value, TLanes.Create(threshold), value, zero);
                colors.Mark(i, lane, inside & TLanes.GreaterMask(value, zero), same);
                b0 = TLanes.MultiplyAdd(value, c0, b0 * keep);
                b1 = TLanes.MultiplyAdd(value, c1, b1 * keep);
                b2 = TLanes.MultiplyAdd(value, c2, b2 * keep);
                b3 = TLanes.MultiplyAdd(value, c3, b3 * keep);
                b4 = TLanes.MultiplyAdd(value, c4, b4 * keep);
                b5 = TLanes.MultiplyAdd(value, c5, b5 * keep);
                b6 = TLanes.MultiplyAdd(value, c6, b6 * keep);
                b7 = TLanes.MultiplyAdd(value, c7, b7 * keep);
                corners = colors.Corners + (4 * Width * i);
                TLanes.StoreQuads(corners, lane, b0, b1, b2, b3);
                TLanes.StoreQuads(corners + SampleRuns.FacePitch, lane, b4, b5, b6, b7);
            }
        }
    }
}
