using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;

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

    /// <summary>Densities of a chunk of steps to slopes and weights.</summary>
    /// <param name="packet">The rays.</param>
    /// <param name="chunk">Reads densities, writes slopes and weights, all of the chunk's first step.</param>
    /// <param name="firstStep">The chunk's first.</param>
    /// <param name="count">Steps.</param>
    /// <param name="active">1 for samples that count, 0 for the others, [count, 16]; null: all within the rays' ranges count.</param>
    /// <param name="densityScale">exp of the field's density scale.</param>
    /// <param name="densityShift">The field's density shift.</param>
    /// <param name="transmittance">[16], before the chunk; receives what is left behind it.</param>
    /// <param name="depth">[16]; Σ w·s is added, world units.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Absorb<TLanes>(
        float* packet, in PacketSamples chunk, int firstStep, int count, float* active, float densityScale, float densityShift, float* transmittance, float* depth)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes zero = TLanes.Create(0);
        TLanes one = TLanes.Create(1);
        TLanes slopeScale = TLanes.Create(densityScale * chunk.StepLength);
        TLanes step = TLanes.Create(chunk.StepLength);
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TLanes left = TLanes.Load(transmittance + lane);
            TLanes sum = TLanes.Load(depth + lane);
            TLanes samples = TLanes.Load(packet + RayPackets.SampleCount + lane);
            TLanes firstDistance = TLanes.Load(packet + RayPackets.FirstDistance + lane);
            for (int i = 0; i < count; i++)
            {
                float* values = chunk.Values + (i * PacketSamples.StepFloats) + lane;
                TLanes stepIndex = TLanes.Create(firstStep + i);
                TLanes on = TLanes.SelectGreater(samples, stepIndex, one, zero);
                on = active == null ? on : on * TLanes.Load(active + (i * Width) + lane);
                TLanes x = TLanes.MultiplyAdd(TLanes.Load(values + PacketSamples.Densities), TLanes.Create(densityScale), TLanes.Create(densityShift));
                TLanes decay = VectorMath.Exp(zero - TLanes.Abs(x));

                // softplus(x) = max(x, 0) + ln(1 + e^−|x|); its derivative is sigmoid(x).
                TLanes sigma = TLanes.Max(x, zero) + VectorMath.LogOnePlus(decay);
                TLanes sigmoid = TLanes.SelectGreater(x, zero, one, decay) / (one + decay);
                (sigmoid * on * slopeScale).Store(values + PacketSamples.Slopes);
                TLanes next = left * VectorMath.Exp(zero - (sigma * on * step));
                next = TLanes.SelectGreater(TLanes.Create(OpaqueTransmittance), next, zero, next);
                TLanes weight = left - next;
                weight.Store(values + PacketSamples.Weights);
                left = next;
                sum = TLanes.MultiplyAdd(weight, TLanes.MultiplyAdd(stepIndex, step, firstDistance), sum);
            }

            left.Store(transmittance + lane);
            sum.Store(depth + lane);
        }
    }

    /// <summary>Marks the samples of a chunk above the weight threshold.</summary>
    /// <param name="chunk">Reads weights, writes which samples are visible; all of the chunk's first step.</param>
    /// <param name="count">Steps.</param>
    /// <param name="threshold">The weight threshold.</param>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int FindVisible<TLanes>(in PacketSamples chunk, int count, float threshold)
        where TLanes : struct, ILanes<TLanes>
    {
        int found = 0;
        ushort* visible = chunk.Visible;
        float* weights = chunk.Values + PacketSamples.Weights;
        for (int i = 0; i < count; i++, weights += PacketSamples.StepFloats)
        {
            uint mask = GreaterMask<TLanes>(weights, threshold);
            visible[i] = (ushort)mask;
            found += BitOperations.PopCount(mask);
        }

        return found;
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
    /// <param name="pixels">[16, stride].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Composite(in PacketSamples chunk, int count, float* pixels)
    {
        float* weights = chunk.Values + PacketSamples.Weights;
        float* colors = chunk.Colors;
        int stride = chunk.ColorStride;
        for (int i = 0; i < count; i++, weights += PacketSamples.StepFloats)
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
    /// <param name="gradient">Upstream; its density scale row is added to.</param>
    /// <param name="seen">g·colour, [count, 16].</param>
    /// <param name="transmittance">[16]: T behind the chunk; receives T before it.</param>
    /// <param name="behind">[16]: Σ wⱼgⱼ behind the chunk; receives it with the chunk.</param>
    /// <param name="densityGrad">Receives [count, 16].</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void DensityAdjoint<TLanes>(
        float* packet, in PacketSamples chunk, int firstStep, int count, in PacketGradient gradient, float* seen, float* transmittance, float* behind, float* densityGrad)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Create(1);
        TLanes step = TLanes.Create(chunk.StepLength);
        TLanes emptiness = TLanes.Create(gradient.Emptiness);
        TLanes emptinessScale = TLanes.Create(gradient.EmptinessScale);
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TLanes left = TLanes.Load(transmittance + lane);
            TLanes later = TLanes.Load(behind + lane);
            TLanes scale = TLanes.Load(gradient.DensityScale + lane);
            TLanes background = TLanes.Load(gradient.Background + lane);
            TLanes depth = TLanes.Load(gradient.Depth + lane);
            TLanes firstDistance = TLanes.Load(packet + RayPackets.FirstDistance + lane);
            for (int i = count - 1; i >= 0; i--)
            {
                int at = (i * Width) + lane;
                float* values = chunk.Values + (i * PacketSamples.StepFloats) + lane;
                TLanes weight = TLanes.Load(values + PacketSamples.Weights);
                TLanes distance = TLanes.MultiplyAdd(TLanes.Create(firstStep + i), step, firstDistance);
                TLanes gain = TLanes.MultiplyAdd(depth, distance, TLanes.Load(seen + at) - background);
                gain += emptiness / TLanes.MultiplyAdd(weight, emptinessScale, one);
                TLanes density = ((left * gain) - later) * TLanes.Load(values + PacketSamples.Slopes);
                density.Store(densityGrad + at);
                scale = TLanes.MultiplyAdd(density, TLanes.Load(values + PacketSamples.Densities), scale);
                later = TLanes.MultiplyAdd(weight, gain, later);
                left += weight;
            }

            left.Store(transmittance + lane);
            later.Store(behind + lane);
            scale.Store(gradient.DensityScale + lane);
        }
    }

    /// <summary>Multiplies Π(1 + scale·wᵢ) of a chunk into each ray's product, or, where that would leave the range of numbers, adds
    /// Σ log(1 + scale·wᵢ) to it: <see cref="EmptinessSums"/> knows which.</summary>
    /// <remarks>A chunk's product is 1 + q; q ← q + x + q·x keeps small terms that 1 + x would round away. As Σw ≤ 1, q stays under e^scale.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EmptinessProducts<TLanes>(in PacketSamples chunk, int count, float scale, double* products)
        where TLanes : struct, ILanes<TLanes>
    {
        if (scale > MaxProductScale)
        {
            for (int i = 0; i < count * Width; i++)
            {
                products[i % Width] += Math.Log(1 + ((double)scale * chunk.Values[PacketSamples.WeightOf(i)]));
            }

            return;
        }

        float* excesses = stackalloc float[Width];
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TLanes excess = TLanes.Create(0);
            for (int i = 0; i < count; i++)
            {
                TLanes x = TLanes.Load(chunk.Values + (i * PacketSamples.StepFloats) + PacketSamples.Weights + lane) * TLanes.Create(scale);
                excess = TLanes.MultiplyAdd(excess, x, excess) + x;
            }

            excess.Store(excesses + lane);
        }

        for (int ray = 0; ray < Width; ray++)
        {
            products[ray] *= 1 + (double)excesses[ray];
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
