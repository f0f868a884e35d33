using System.Numerics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;

namespace Sjc.RadianceField.Rendering.Cuda;

/// <summary>A field with its optimiser's memory on a device.</summary>
internal sealed class DeviceField : IDisposable
{
    private const int BlockSize = 128;

    private readonly IKernelDevice device;
    private readonly int texels;
    private VoxelField shape;
    private float[] staging = [];
    private DeviceArray<byte>? mask;

    /// <summary>A copy of a field and of its state, which start the optimisation on the device.</summary>
    public DeviceField(IKernelDevice device, VoxelField field, AdamaxState? state = null)
    {
        (this.device, shape) = (device, field);
        texels = field.Background.Values.Length;
        long length = ComponentLayout.Length(field.Grid, field.Channels);
        Voxels = new DeviceArray<float>(device, length);
        Moment = new DeviceArray<float>(device, state is null ? 0 : length);
        Norm = new DeviceArray<float>(device, state is null ? 0 : length);
        Background = new DeviceArray<float>(device, 3L * texels);
        DensityScale = new DeviceArray<float>(device, 3);
        Write(field, state);
        SetMask(field.Mask);
    }

    /// <summary>Voxels along each axis.</summary>
    public GridSize Grid => shape.Grid;

    /// <summary>Density and features.</summary>
    public DeviceArray<float> Voxels { get; private set; }

    /// <summary>Their first moments.</summary>
    public DeviceArray<float> Moment { get; private set; }

    /// <summary>Their infinity norms.</summary>
    public DeviceArray<float> Norm { get; private set; }

    /// <summary>Values, moments and norms of the background, each [c, height, width].</summary>
    public DeviceArray<float> Background { get; }

    /// <summary>Value, moment and norm of the density's log scale.</summary>
    public DeviceArray<float> DensityScale { get; }

    /// <summary>For the kernels.</summary>
    public FieldArguments Arguments
    {
        get
        {
            Vector3 min = shape.Box.Min;
            Vector3 size = shape.Box.Size;
            return new FieldArguments
            {
                Voxels = Voxels.Address,
                Background = Background.Address,
                DensityScale = DensityScale.Address,
                Mask = mask?.Address ?? 0,
                GridX = Grid.X,
                GridY = Grid.Y,
                GridZ = Grid.Z,
                Channels = shape.Channels,
                BackgroundHeight = shape.Background.Height,
                BackgroundWidth = shape.Background.Width,
                ColorMode = (int)shape.ColorMode,
                DensityShift = shape.DensityShift,
                MinX = min.X,
                MinY = min.Y,
                MinZ = min.Z,
                SizeX = size.X,
                SizeY = size.Y,
                SizeZ = size.Z,
            };
        }
    }

    /// <summary>Copies the field, and the optimiser's memory where there is a <paramref name="state"/>, back to the host.</summary>
    /// <exception cref="ArgumentException">The grids differ, such as after a growth that failed.</exception>
    public void Read(VoxelField field, AdamaxState? state)
    {
        if (field.Grid != Grid)
        {
            throw new ArgumentException($"field.Grid must be {Grid}, but is {field.Grid}.", nameof(field));
        }

        ReadRecords(Voxels, field.Voxels);
        Span<float> small = new float[Math.Max(3, 3 * texels)];
        if (field.Background.IsTexture)
        {
            Background.Read(small[..(3 * texels)]);
            small[..texels].CopyTo(field.Background.Values);
            if (state is not null)
            {
                small.Slice(texels, texels).CopyTo(state.BackgroundMoment);
                small.Slice(2 * texels, texels).CopyTo(state.BackgroundNorm);
            }
        }

        DensityScale.Read(small[..3]);
        field.DensityScale = small[0];
        if (state is not null)
        {
            ReadRecords(Moment, state.FirstMoment);
            ReadRecords(Norm, state.InfinityNorm);
            (state.DensityScaleMoment[0], state.DensityScaleNorm[0]) = (small[1], small[2]);
        }
    }

    /// <summary>Lets the renderer skip samples where the interpolation of this mask is zero; null: none.</summary>
    public void SetMask(AlphaMask? alphaMask)
    {
        if (alphaMask is null)
        {
            mask?.Dispose();
            mask = null;
            return;
        }

        mask ??= new DeviceArray<byte>(device, Grid.VoxelCount);
        mask.Write(alphaMask.Voxels);
    }

    /// <summary>Computes the field's alpha mask as it is now, and lets the renderer skip samples by it: <see cref="AlphaMask.FromField"/> on the device.</summary>
    /// <param name="threshold">Least opacity over one voxel.</param>
    /// <param name="alpha">Receives each voxel's opacity, [z, y, x]; empty: not wanted.</param>
    /// <param name="voxels">Receives the mask, [z, y, x]; empty: not wanted.</param>
    public void ComputeMask(float threshold, Span<float> alpha = default, Span<byte> voxels = default)
    {
        using DeviceArray<float> opacity = new(device, Grid.VoxelCount); // first: a new mask that stays empty would hide everything
        mask ??= new DeviceArray<byte>(device, Grid.VoxelCount);
        AlphaArguments arguments = new()
        {
            Field = Arguments,
            Alpha = opacity.Address,
            Mask = mask.Address,
            VoxelLength = shape.MeanVoxelLength,
            Threshold = threshold,
        };
        device.Launch("voxel_alpha", Grid.VoxelCount, BlockSize, arguments);
        device.Launch("grow_mask", Grid.VoxelCount, BlockSize, arguments);
        opacity.Read(alpha);
        mask.Read(voxels);
    }

    /// <summary>Goes on with a grid of another size: values, moments and norms are resampled on the device as <see cref="FieldResampling"/> does, to the same
    /// bits, and the mask as <see cref="AlphaMask.Resample"/> does; background and density scale stay.</summary>
    /// <remarks>One array after the other, the old one given back behind each: there are at most S + 3·N floats at once, or 3·S + N where that is more, S and N those of
    /// the old and the new grid's components. After a failure, such as for lack of memory, there is nothing left to go on with.</remarks>
    /// <param name="grown">In the field's shape, with the new grid; its values are not used.</param>
    public void Grow(VoxelField grown)
    {
        FieldArguments source = Arguments;
        shape = grown;
        ResampleArguments arguments = new() { Source = source, Target = Arguments };
        Voxels = Resampled(Voxels, arguments);
        Moment = Resampled(Moment, arguments);
        Norm = Resampled(Norm, arguments);
        if (mask is not null)
        {
            using DeviceArray<byte> former = mask;
            mask = new DeviceArray<byte>(device, Grid.VoxelCount);
            arguments.Mask = mask.Address;
            device.Launch("resample_mask", Grid.VoxelCount, BlockSize, arguments);
        }
    }

    /// <summary>Copies the mask back to the host; null: there is none.</summary>
    public AlphaMask? ReadMask()
    {
        if (mask is null)
        {
            return null;
        }

        byte[] voxels = new byte[Grid.VoxelCount];
        mask.Read(voxels);
        return AlphaMask.FromVoxels(Grid, shape.Box, voxels);
    }

    /// <summary>Density and colour at points, such as a mesh's vertices.</summary>
    /// <param name="positions">[points, 3], world units.</param>
    /// <param name="densities">Receives σ, [points], per world unit.</param>
    /// <param name="colors">Receives colours, [points, c].</param>
    public void Evaluate(ReadOnlySpan<float> positions, Span<float> densities, Span<float> colors)
    {
        if (positions.Length != 3 * densities.Length || colors.Length != shape.Channels * densities.Length)
        {
            throw new ArgumentException($"positions and colors must have 3 and {shape.Channels} values for each of {densities.Length} points, but have {positions.Length} and {colors.Length}.");
        }

        using DeviceArray<float> points = new(device, positions.Length);
        using DeviceArray<float> found = new(device, densities.Length);
        using DeviceArray<float> shown = new(device, colors.Length);
        points.Write(positions);
        device.Launch("evaluate_points", densities.Length, BlockSize, new PointsArguments
        {
            Field = Arguments,
            Positions = points.Address,
            Densities = found.Address,
            Colors = shown.Address,
            Count = densities.Length,
        });
        found.Read(densities);
        shown.Read(colors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Voxels.Dispose();
        Moment.Dispose();
        Norm.Dispose();
        Background.Dispose();
        DensityScale.Dispose();
        mask?.Dispose();
    }

    private void Write(VoxelField field, AdamaxState? state)
    {
        WriteRecords(field.Voxels, Voxels);
        float[] small = new float[Math.Max(3, 3 * texels)];
        field.Background.Values.CopyTo(small);
        if (state is not null && field.Background.IsTexture)
        {
            state.BackgroundMoment.CopyTo(small.AsSpan(texels));
            state.BackgroundNorm.CopyTo(small.AsSpan(2 * texels));
        }

        Background.Write(small.AsSpan(0, 3 * texels));
        if (state is not null)
        {
            WriteRecords(state.FirstMoment, Moment);
            WriteRecords(state.InfinityNorm, Norm);
        }

        DensityScale.Write([field.DensityScale, state?.DensityScaleMoment[0] ?? 0, state?.DensityScaleNorm[0] ?? 0]);
    }

    /// <summary>An array of components on the new grid, in place of the old one; of no components none.</summary>
    private DeviceArray<float> Resampled(DeviceArray<float> array, ResampleArguments arguments)
    {
        using DeviceArray<float> former = array;
        DeviceArray<float> resampled = new(device, array.Length == 0 ? 0 : ComponentLayout.Length(Grid, shape.Channels));
        if (array.Length > 0)
        {
            (arguments.Source.Voxels, arguments.Target.Voxels) = (array.Address, resampled.Address);
            device.Launch("resample", Grid.VoxelCount, BlockSize, arguments);
        }

        return resampled;
    }

    private void WriteRecords(VoxelRecords records, DeviceArray<float> array)
    {
        Span<float> components = Staging(array);
        ComponentLayout.Pack(records, components);
        array.Write(components);
    }

    private void ReadRecords(DeviceArray<float> array, VoxelRecords records)
    {
        Span<float> components = Staging(array);
        array.Read(components);
        ComponentLayout.Unpack(components, records);
    }

    private Span<float> Staging(DeviceArray<float> array)
    {
        if (staging.Length < array.Length)
        {
            staging = new float[array.Length];
        }

        return staging.AsSpan(0, (int)array.Length);
    }
}
