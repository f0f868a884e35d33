using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Vectors;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Emission–absorption compositing of sixteen rays at once, one per lane, and its adjoint.</summary>
/// <remarks>Mildenhall et al. 2020, eq. 3: Tᵢ₊₁ = Tᵢ·exp(−σᵢδ), wᵢ = Tᵢ − Tᵢ₊₁, samples δ apart, near to far. No sum runs across lanes,
/// so the results have the same bits for every width of vectors.</remarks>
internal static unsafe class PacketCompositing
{
    /// <summary>A transmittance below this counts as zero: what lies behind is invisible, and denormal numbers are slow.</summary>
    private const float OpaqueTransmittance = 1e-20f;

    /// <summary>Above this e^scale leaves the range of float32.</summary>
    private const float MaxProductScale = 64;

    private const int Width = RayPackets.Width;

    /// <summary>Densities of a chunk of steps to slopes and weights, and which samples are above the weight threshold.</summary>
    /// <param name="packet">The rays.</param>
    /// <param name="chunk">Receives slopes and weights, where they are kept, and which samples are visible; all of the chunk's first step.</param>
    /// <param name="firstStep">The chunk's first.</param>
    /// <param name="count">Steps.</param>
    /// <param name="values">Densities, interpolated, before scale and shift; receives the weights; [count, 16].</param>
    /// <param name="active">1 for samples that count, 0 for the others, [count, 16]; null: all within the rays' ranges count.</param>
    /// <param name="densityScale">exp of the field's density scale.</param>
    /// <param name="densityShift">The field's density shift.</param>
    /// <param name="transmittance">[16], before the chunk; receives what is left behind it.</param>
    /// <param name="depth">[16]; Σ w·s is added, world units.</param>
    /// <returns>Visible samples.</returns>
    public static int Absorb<TLanes>(
        float* packet, in PacketSamples chunk, int firstStep, int count, float* values, float* active, float densityScale, float densityShift, float* transmittance, float* depth)
        where TLanes : struct, ILanes<TLanes>
    {
        OpticalDepths<TLanes>(packet, chunk, firstStep, count, values, active, densityScale, densityShift);
        return Weights<TLanes>(packet, chunk, firstStep, count, values, transmittance, depth);
    }

    /// <summary>Features in place to colours; works on whole vectors of sixteen.</summary>
    public static void Activate<TLanes>(float* values, int count, ColorMode mode)
        where TLanes : struct, ILanes<TLanes>
    {
        if (mode == ColorMode.Raw)
        {
            return;
        }

        // Centred: 2s − 1; plain: s.
        TLanes scale = TLanes.Create(mode == ColorMode.SigmoidCentered ? 2 : 1);
        TLanes shift = TLanes.Create(mode == ColorMode.SigmoidCentered ? -1 : 0);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            TLanes.MultiplyAdd(VectorMath.Sigmoid(TLanes.Load(values + i)), scale, shift).Store(values + i);
        }
    }

    /// <summary>Adds w·colour of visible samples to their rays' pixels.</summary>
    /// <param name="chunk">The samples.</param>
    /// <param name="count">Steps.</param>
    /// <param name="weights">[count, 16].</param>
    /// <param name="pixels">[16, stride].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Composite(in PacketSamples chunk, int count, float* weights, float* pixels)
    {
        float* colors = chunk.Colors;
        int stride = chunk.ColorStride;
        for (int i = 0; i < count; i++, weights += Width)
        {
            for (uint mask = chunk.Visible[i]; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                Vector128<float> weight = Vector128.Create(weights[lane]);
                float* pixel = pixels + (lane * stride);
                for (int quad = 0; quad < stride; quad += 4, colors += 4, pixel += 4)
                {
                    Vector128.FusedMultiplyAdd(weight, Vector128.Load(colors), Vector128.Load(pixel)).Store(pixel);
                }
            }
        }
    }

    /// <summary>Whether nothing behind can be seen by any of the sixteen rays.</summary>
    public static bool IsOpaque<TLanes>(float* transmittance)
        where TLanes : struct, ILanes<TLanes> => GreaterMask<TLanes>(transmittance, 0) == 0;

    /// <summary>∂L/∂density of a chunk of steps, walked far to near.</summary>
    /// <remarks>∂L/∂wᵢ, where the background's share 1 − Σw counts too, is g·(colourᵢ − b) + h·(sᵢ − 10) + emptiness/(1 + scale·wᵢ);
    /// ∂L/∂densityᵢ is slopeᵢ·(Tᵢ₊₁gᵢ − Σ_{j&gt;i} wⱼgⱼ). T comes back by adding weights: dividing by exp(−σδ) would give 0/0 on an
    /// opaque ray.</remarks>
    /// <param name="packet">The rays.</param>
    /// <param name="chunk">Its samples.</param>
    /// <param name="firstStep">The chunk's first.</param>
    /// <param name="count">Steps.</param>
    /// <param name="gradient">Upstream.</param>
    /// <param name="seen">g·colour, [count, 16].</param>
    /// <param name="transmittance">[16]: T behind the chunk; receives T before it.</param>
    /// <param name="behind">[16]: Σ wⱼgⱼ behind the chunk; receives it with the chunk.</param>
    /// <param name="densityGrad">Receives [count, 16].</param>
    /// <param name="excesses">Receives Π(1 + scale·wᵢ) − 1 of the chunk, [16].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void DensityAdjoint<TLanes>(
        float* packet, in PacketSamples chunk, int firstStep, int count, in PacketGradient gradient, float* seen, float* transmittance, float* behind, float* densityGrad, float* excesses)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Create(1);
        TLanes step = TLanes.Create(chunk.StepLength);
        TLanes emptiness = TLanes.Create(gradient.Emptiness);
        TLanes emptinessScale = TLanes.Create(gradient.EmptinessScale);
        float* kept = chunk.Values;
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TLanes left = TLanes.Load(transmittance + lane);
            TLanes later = TLanes.Load(behind + lane);
            TLanes excess = TLanes.Create(0);
            TLanes background = TLanes.Load(gradient.Background + lane);
            TLanes depth = TLanes.Load(gradient.Depth + lane);
            TLanes firstDistance = TLanes.Load(packet + RayPackets.FirstDistance + lane);
            for (int i = count - 1; i >= 0; i--)
            {
                int at = (i * Width) + lane;
                float* values = kept + (i * PacketSamples.StepFloats) + lane;
                TLanes weight = TLanes.Load(values + PacketSamples.Weights);
                TLanes distance = TLanes.MultiplyAdd(TLanes.Create(firstStep + i), step, firstDistance);
                TLanes gain = TLanes.MultiplyAdd(depth, distance, TLanes.Load(seen + at) - background);
                TLanes x = weight * emptinessScale;
                gain += emptiness / (x + one);
                (((left * gain) - later) * TLanes.Load(values + PacketSamples.Slopes)).Store(densityGrad + at);
                later = TLanes.MultiplyAdd(weight, gain, later);
                left += weight;

                // q ← q + x + q·x keeps small terms that 1 + x would round away.
                excess = TLanes.MultiplyAdd(excess, x, excess) + x;
            }

            left.Store(transmittance + lane);
            later.Store(behind + lane);
            excess.Store(excesses + lane);
        }
    }

    /// <summary>Multiplies Π(1 + scale·wᵢ) of a chunk into each ray's product, or, where that would leave the range of numbers, adds
    /// Σ log(1 + scale·wᵢ) to it: <see cref="EmptinessSums"/> knows which.</summary>
    /// <remarks>As Σw ≤ 1, a product stays under e^scale.</remarks>
    /// <param name="chunk">Its weights.</param>
    /// <param name="count">Steps.</param>
    /// <param name="scale">Of the emptiness loss.</param>
    /// <param name="excesses">From <see cref="DensityAdjoint"/>.</param>
    /// <param name="products">[16].</param>
    public static void EmptinessProducts(in PacketSamples chunk, int count, float scale, float* excesses, double* products)
    {
        if (scale > MaxProductScale)
        {
            for (int i = 0; i < count * Width; i++)
            {
                products[i % Width] += Math.Log(1 + ((double)scale * chunk.Values[PacketSamples.WeightOf(i)]));
            }

            return;
        }

        for (int ray = 0; ray < Width; ray += 4)
        {
            (Vector128<double> low, Vector128<double> high) = Vector128.Widen(Vector128.Load(excesses + ray));
            ((low + Vector128<double>.One) * Vector128.Load(products + ray)).Store(products + ray);
            ((high + Vector128<double>.One) * Vector128.Load(products + ray + 2)).Store(products + ray + 2);
        }
    }

    /// <summary>What <see cref="EmptinessProducts"/> starts from.</summary>
    public static double EmptinessStart(float scale) => scale > MaxProductScale ? 0 : 1;

    /// <summary>Σ log(1 + scale·w) of each ray, from what <see cref="EmptinessProducts"/> gave.</summary>
    public static void EmptinessSums(double* products, float scale, double* sums)
    {
        for (int ray = 0; ray < Width; ray++)
        {
            sums[ray] = scale > MaxProductScale ? products[ray] : Math.Log(products[ray]);
        }
    }

    /// <summary>Densities to slopes and optical depths σδ.</summary>
    /// <remarks>Apart from <see cref="Weights"/>, so that the processor has more steps under way at once.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OpticalDepths<TLanes>(
        float* packet, in PacketSamples chunk, int firstStep, int count, float* values, float* active, float densityScale, float densityShift)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes step = TLanes.Create(chunk.StepLength);
        float* kept = chunk.Values;
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TLanes samples = TLanes.Load(packet + RayPackets.SampleCount + lane);
            for (int i = 0; i < count; i++)
            {
                int at = (i * Width) + lane;
                TLanes length = TLanes.SelectGreater(samples, TLanes.Create(firstStep + i), step, TLanes.Create(0));
                length = active == null ? length : length * TLanes.Load(active + at);
                TLanes x = TLanes.MultiplyAdd(TLanes.Load(values + at), TLanes.Create(densityScale), TLanes.Create(densityShift));
                TLanes sigma = VectorMath.Softplus(x, out TLanes sigmoid);
                (sigma * length).Store(values + at);
                if (kept != null)
                {
                    (sigmoid * length * TLanes.Create(densityScale)).StoreStreaming(kept + (i * PacketSamples.StepFloats) + PacketSamples.Slopes + lane);
                }
            }
        }
    }

    /// <summary>Optical depths in place to weights.</summary>
    /// <returns>Visible samples.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Weights<TLanes>(float* packet, in PacketSamples chunk, int firstStep, int count, float* values, float* transmittance, float* depth)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes step = TLanes.Create(chunk.StepLength);
        float* kept = chunk.Values;
        ushort* visible = chunk.Visible;
        int found = 0;
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TLanes left = TLanes.Load(transmittance + lane);
            TLanes sum = TLanes.Load(depth + lane);
            TLanes firstDistance = TLanes.Load(packet + RayPackets.FirstDistance + lane);
            for (int i = 0; i < count; i++)
            {
                float* value = values + (i * Width) + lane;
                TLanes next = left * VectorMath.ExpMinus(TLanes.Load(value));
                next = TLanes.SelectGreater(TLanes.Create(OpaqueTransmittance), next, TLanes.Create(0), next);
                TLanes weight = left - next;
                weight.Store(value);
                if (kept != null)
                {
                    weight.StoreStreaming(kept + (i * PacketSamples.StepFloats) + PacketSamples.Weights + lane);
                }

                uint mask = TLanes.GreaterMask(weight, TLanes.Create(chunk.WeightThreshold)) << lane;
                visible[i] = (ushort)(lane == 0 ? mask : visible[i] | mask);
                found += BitOperations.PopCount(mask);
                left = next;
                sum = TLanes.MultiplyAdd(weight, TLanes.MultiplyAdd(TLanes.Create(firstStep + i), step, firstDistance), sum);
            }

            left.Store(transmittance + lane);
            sum.Store(depth + lane);
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint GreaterMask<TLanes>(float* values, float threshold)
        where TLanes : struct, ILanes<TLanes>
    {
        uint mask = 0;
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            mask |= TLanes.GreaterMask(TLanes.Load(values + lane), TLanes.Create(threshold)) << lane;
        }

        return mask;
    }
}
