using System.Numerics;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering.Cuda;

/// <summary>Where a device adds up the field's gradient: as floats in whatever order, or in fixed point with the same bits in any order.</summary>
internal sealed class GradientSums : IDisposable
{
    /// <summary>Bits of a sum, less the sign and one of reserve.</summary>
    private const int SumBits = 62;

    private readonly VoxelField field;
    private readonly DeviceArray<float> floats;
    private readonly DeviceArray<long> integers;
    private readonly DeviceArray<long> background;
    private readonly DeviceArray<int> maxima;
    private readonly DeviceArray<double> scaleParts;
    private readonly int views;

    /// <summary>Zeros.</summary>
    public GradientSums(IKernelDevice device, VoxelField field, int views, bool deterministic)
    {
        (this.field, this.views, IsFixed) = (field, views, deterministic);
        long length = ComponentLayout.Length(field.Grid, field.Channels);
        floats = new DeviceArray<float>(device, deterministic ? 0 : length);
        integers = new DeviceArray<long>(device, deterministic ? length : 0);
        background = new DeviceArray<long>(device, field.Background.IsTexture ? field.Background.Values.Length : 0);
        maxima = new DeviceArray<int>(device, 2);
        scaleParts = new DeviceArray<double>(device, (long)views * DeviceTape.SumParts);
    }

    /// <summary>Whether voxels' sums are fixed-point.</summary>
    public bool IsFixed { get; }

    /// <summary>Parts of the density scale's gradient, over all views.</summary>
    public int PartCount => views * DeviceTape.SumParts;

    /// <summary>Texels of the background, channels included; 0 for a fixed colour.</summary>
    public int Texels => (int)background.Length;

    /// <summary>Where a view's parts of the density scale's gradient begin.</summary>
    public nint ScaleParts(int view) => scaleParts.Address + (view * DeviceTape.SumParts * sizeof(double));

    /// <summary>For the kernels.</summary>
    /// <param name="samples">Most contributions to one voxel.</param>
    /// <param name="rays">Most contributions to one texel.</param>
    public GradientArguments Arguments(long samples, long rays) => new()
    {
        Voxels = IsFixed ? 0 : floats.Address,
        FixedVoxels = IsFixed ? integers.Address : 0,
        Background = background.Address,
        Maxima = maxima.Address,
        VoxelBits = SumBits - BitsOf(samples),
        BackgroundBits = SumBits - BitsOf(rays),
    };

    /// <summary>Forgets the greatest contributions; the sums are zero since the kernels of the step left them so.</summary>
    public void ClearMaxima() => maxima.Clear();

    /// <summary>Adds the sums to a gradient on the host, and sets them to zero.</summary>
    public void MoveTo(FieldGradient gradient, GradientArguments arguments)
    {
        int[] greatest = new int[2];
        maxima.Read(greatest);
        float[] components = new float[ComponentLayout.Length(field.Grid, field.Channels)];
        if (IsFixed)
        {
            ReadFixed(integers, greatest[0], arguments.VoxelBits, components);
            integers.Clear();
        }
        else
        {
            floats.Read(components);
            floats.Clear();
        }

        ComponentLayout.Unpack(components, gradient.Voxels, adds: true);
        float[] texture = new float[Texels];
        ReadFixed(background, greatest[1], arguments.BackgroundBits, texture);
        background.Clear();
        for (int i = 0; i < texture.Length; i++)
        {
            gradient.Background[i] += texture[i];
        }

        double[] parts = new double[PartCount];
        scaleParts.Read(parts);
        gradient.DensityScale += (float)parts.Sum();
        ClearMaxima();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        floats.Dispose();
        integers.Dispose();
        background.Dispose();
        maxima.Dispose();
        scaleParts.Dispose();
    }

    /// <summary>⌈log₂ n⌉.</summary>
    private static int BitsOf(long count) => BitOperations.Log2((ulong)Math.Max(count, 1)) + 1;

    /// <summary>As <c>from_fixed</c> in the sources.</summary>
    private static void ReadFixed(DeviceArray<long> sums, int maximum, int bits, Span<float> values)
    {
        long[] integers = new long[values.Length];
        sums.Read(integers);
        int exponent = maximum == 0 ? 0 : Math.Clamp(bits - 1 - ((maximum >> 23) - 127), -126, 126);
        double unit = maximum >= 0x7F80_0000 ? double.NaN : Math.ScaleB(1, -exponent);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(integers[i] * unit);
        }
    }
}
