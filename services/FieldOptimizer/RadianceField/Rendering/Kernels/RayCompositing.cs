using System.Runtime.CompilerServices;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Emission–absorption compositing along one ray, and its adjoint.</summary>
/// <remarks>Mildenhall et al. 2020, eq. 3: Tᵢ₊₁ = Tᵢ·exp(−σᵢδ), wᵢ = Tᵢ − Tᵢ₊₁, samples δ apart, near to far; split into short loops,
/// each of which the processor keeps in its registers.</remarks>
internal static unsafe class RayCompositing
{
    /// <summary>A transmittance below this counts as zero: what lies behind is invisible, and denormal numbers are slow.</summary>
    private const float OpaqueTransmittance = 1e-20f;

    /// <summary>Above this e^scale leaves the range of float32.</summary>
    private const float MaxProductScale = 64;

    /// <summary>Densities to slopes and, in place of the weights, to exp(−σδ).</summary>
    /// <param name="ray">The ray; reads densities, writes slopes and weights.</param>
    /// <param name="active">1 for samples that count, 0 for the others, [padded count].</param>
    /// <param name="densityScale">exp of the field's density scale.</param>
    /// <param name="densityShift">The field's density shift.</param>
    public static void Absorb<TLanes>(in RaySamples ray, float* active, float densityScale, float densityShift)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes zero = TLanes.Create(0);
        TLanes one = TLanes.Create(1);
        for (int i = 0; i < ray.PaddedCount; i += TLanes.Count)
        {
            TLanes on = TLanes.Load(active + i);
            TLanes x = TLanes.MultiplyAdd(TLanes.Load(ray.Densities + i), TLanes.Create(densityScale), TLanes.Create(densityShift));
            TLanes decay = VectorMath.Exp(zero - TLanes.Abs(x));

            // softplus(x) = max(x, 0) + ln(1 + e^−|x|); its derivative is sigmoid(x).
            TLanes sigma = TLanes.Max(x, zero) + VectorMath.LogOnePlus(decay);
            TLanes sigmoid = TLanes.SelectGreater(x, zero, one, decay) / (one + decay);
            (sigmoid * on * TLanes.Create(densityScale * ray.StepLength)).Store(ray.Slopes + i);
            VectorMath.Exp(sigma * on * TLanes.Create(-ray.StepLength)).Store(ray.Weights + i);
        }
    }

    /// <summary>exp(−σδ) in place to weights.</summary>
    /// <returns>What is left for the background.</returns>
    public static float Attenuate(in RaySamples ray)
    {
        float transmittance = 1;
        float* weights = ray.Weights;
        for (int i = 0; i < ray.PaddedCount; i++)
        {
            float next = transmittance * weights[i];
            next = next < OpaqueTransmittance ? 0 : next;
            weights[i] = transmittance - next;
            transmittance = next;
        }

        return transmittance;
    }

    /// <summary>Features in place to colours.</summary>
    public static void Activate<TLanes>(in RaySamples ray, ColorMode mode)
        where TLanes : struct, ILanes<TLanes>
    {
        if (mode == ColorMode.Raw)
        {
            return;
        }

        // Centred: 2s − 1; plain: s.
        TLanes scale = TLanes.Create(mode == ColorMode.SigmoidCentered ? 2 : 1);
        TLanes shift = TLanes.Create(mode == ColorMode.SigmoidCentered ? -1 : 0);
        for (int channel = 0; channel < ray.Channels; channel++)
        {
            float* values = ray.Colors + ((nint)channel * ray.ColorPitch);
            for (int i = 0; i < ray.PaddedCount; i += TLanes.Count)
            {
                TLanes.MultiplyAdd(VectorMath.Sigmoid(TLanes.Load(values + i)), scale, shift).Store(values + i);
            }
        }
    }

    /// <summary>Σ wᵢ·colourᵢ per channel over the samples above the weight threshold.</summary>
    public static void Composite<TLanes>(in RaySamples ray, float* color)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int channel = 0; channel < ray.Channels; channel++)
        {
            float* values = ray.Colors + ((nint)channel * ray.ColorPitch);
            TLanes sum = TLanes.Create(0);
            for (int i = 0; i < ray.PaddedCount; i += TLanes.Count)
            {
                sum = TLanes.MultiplyAdd(VisibleWeights<TLanes>(ray, i), TLanes.Load(values + i), sum);
            }

            color[channel] = TLanes.Sum(sum);
        }
    }

    /// <summary>Σ wᵢ·sᵢ over distances s, world units.</summary>
    public static float Depth<TLanes>(in RaySamples ray)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes sum = TLanes.Create(0);
        for (int i = 0; i < ray.PaddedCount; i += TLanes.Count)
        {
            sum = TLanes.MultiplyAdd(TLanes.Load(ray.Weights + i), Distances<TLanes>(ray, i), sum);
        }

        return TLanes.Sum(sum);
    }

    /// <summary>∂L/∂w of every sample, where the background's share 1 − Σw counts too:
    /// g·(colourᵢ − b) + h·(sᵢ − 10) + emptiness/(1 + scale·wᵢ).</summary>
    /// <param name="ray">The ray.</param>
    /// <param name="gradient">g, h, g·b + 10·h, and the emptiness loss's coefficients.</param>
    /// <param name="weightGrad">Receives ∂L/∂w, [padded count].</param>
    public static void WeightAdjoint<TLanes>(in RaySamples ray, in RayGradient gradient, float* weightGrad)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes zero = TLanes.Create(0);
        for (int i = 0; i < ray.PaddedCount; i += TLanes.Count)
        {
            TLanes seen = zero;
            float* values = ray.Colors + i;
            for (int channel = 0; channel < ray.Channels; channel++, values += ray.ColorPitch)
            {
                seen = TLanes.MultiplyAdd(TLanes.Create(gradient.Color[channel]), TLanes.Load(values), seen);
            }

            TLanes weight = TLanes.Load(ray.Weights + i);
            TLanes gain = TLanes.SelectGreater(weight, TLanes.Create(ray.WeightThreshold), seen, zero) - TLanes.Create(gradient.Background);
            gain = TLanes.MultiplyAdd(TLanes.Create(gradient.Depth), Distances<TLanes>(ray, i), gain);
            gain += TLanes.Create(gradient.Emptiness) / TLanes.MultiplyAdd(weight, TLanes.Create(gradient.EmptinessScale), TLanes.Create(1));
            gain.Store(weightGrad + i);
        }
    }

    /// <summary>∂L/∂w to ∂L/∂density: slopeᵢ·(Tᵢ₊₁gᵢ − Σ_{j&gt;i} wⱼgⱼ).</summary>
    /// <remarks>Walking far to near, T comes back by adding weights: dividing by exp(−σδ) would give 0/0 on an opaque ray.</remarks>
    /// <returns>Σ densityᵢ·∂L/∂densityᵢ, which is ∂L/∂(log scale).</returns>
    public static float DensityAdjoint<TLanes>(in RaySamples ray, float transmittance, float* weightGrad, float* densityGrad)
        where TLanes : struct, ILanes<TLanes>
    {
        float behind = 0;
        float* weights = ray.Weights;
        for (int i = ray.PaddedCount - 1; i >= 0; i--)
        {
            float gain = weightGrad[i];
            float weight = weights[i];
            densityGrad[i] = (transmittance * gain) - behind;
            behind += weight * gain;
            transmittance += weight;
        }

        TLanes scale = TLanes.Create(0);
        for (int i = 0; i < ray.PaddedCount; i += TLanes.Count)
        {
            TLanes gradient = TLanes.Load(densityGrad + i) * TLanes.Load(ray.Slopes + i);
            gradient.Store(densityGrad + i);
            scale = TLanes.MultiplyAdd(gradient, TLanes.Load(ray.Densities + i), scale);
        }

        return TLanes.Sum(scale);
    }

    /// <summary>Σ log(1 + scale·wᵢ), as the logarithm of products Π(1 + scale·wᵢ) = 1 + q, one per lane.</summary>
    /// <remarks>q ← q + x + q·x keeps small terms that 1 + x would round away. As Σw ≤ 1, q stays under e^scale.</remarks>
    public static double EmptinessSum<TLanes>(in RaySamples ray, float scale)
        where TLanes : struct, ILanes<TLanes>
    {
        if (scale > MaxProductScale)
        {
            return EmptinessSum(ray, scale);
        }

        TLanes excess = TLanes.Create(0);
        for (int i = 0; i < ray.PaddedCount; i += TLanes.Count)
        {
            TLanes x = TLanes.Load(ray.Weights + i) * TLanes.Create(scale);
            excess = TLanes.MultiplyAdd(excess, x, excess) + x;
        }

        float* products = stackalloc float[TLanes.Count];
        excess.Store(products);
        double product = 1;
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            product *= 1 + (double)products[lane];
        }

        return Math.Log(product);
    }

    /// <summary>The same, one logarithm per sample.</summary>
    private static double EmptinessSum(in RaySamples ray, float scale)
    {
        double sum = 0;
        for (int i = 0; i < ray.PaddedCount; i++)
        {
            sum += Math.Log(1 + ((double)scale * ray.Weights[i]));
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes VisibleWeights<TLanes>(in RaySamples ray, int i)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes weight = TLanes.Load(ray.Weights + i);
        return TLanes.SelectGreater(weight, TLanes.Create(ray.WeightThreshold), weight, TLanes.Create(0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Distances<TLanes>(in RaySamples ray, int i)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyAdd(TLanes.Indices + TLanes.Create(i), TLanes.Create(ray.StepLength), TLanes.Create(ray.FirstDistance));
}
