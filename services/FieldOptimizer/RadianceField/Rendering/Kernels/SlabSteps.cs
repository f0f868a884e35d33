using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Which part of a packet's rays concerns a slab.</summary>
internal static unsafe class SlabSteps
{
    private const int Width = RayPackets.Width;

    /// <summary>In planes and in steps: more than rounding makes of either.</summary>
    private const float Margin = 0.01f;

    /// <summary>The live steps at which a ray of the packet may touch the slab; hardly one too many at either side.</summary>
    public static (int First, int End) Find<TLanes>(RenderTape tape, int packet, int firstPlane, int endPlane)
        where TLanes : struct, ILanes<TLanes>
    {
        float* rows = tape.Packets.Rows(packet);
        float* bounds = stackalloc float[2 * Width];
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TLanes slope = TLanes.Load(rows + RayPackets.Slope + (2 * Width) + lane);
            TLanes start = TLanes.MultiplyAdd(TLanes.Load(rows + RayPackets.FirstDistance + lane), slope, TLanes.Load(rows + RayPackets.Start + (2 * Width) + lane));
            TLanes step = slope * TLanes.Create(tape.StepLength);
            TLanes a = (TLanes.Create(firstPlane - Margin) - start) / step;
            TLanes b = (TLanes.Create(endPlane + 1 + Margin) - start) / step;

            // A ray within its plane, or a broken one, may be anywhere.
            TLanes slow = TLanes.Create(1e-6f);
            TLanes size = TLanes.Abs(step);
            TLanes.SelectGreater(size, slow, TLanes.Min(a, b), TLanes.Create(0)).Store(bounds + lane);
            TLanes.SelectGreater(size, slow, TLanes.Max(a, b), TLanes.Create(float.MaxValue)).Store(bounds + Width + lane);
        }

        (float first, float end) = (float.MaxValue, -1);
        for (int ray = 0; ray < Width; ray++)
        {
            float samples = rows[RayPackets.SampleCount + ray];
            float last = bounds[Width + ray] + 1 + Margin;
            last = last < samples ? last : samples;
            if (samples > 0)
            {
                first = bounds[ray] < first ? bounds[ray] : first;
                end = last > end ? last : end;
            }
        }

        int live = tape.LiveSteps(packet);
        int firstStep = first > Margin ? (int)Math.Min(MathF.Ceiling(first - Margin), live) : 0;
        return (firstStep, end > 0 ? (int)Math.Min(end, live) : 0);
    }
}
