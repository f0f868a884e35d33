using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering.Cuda.Driver;

namespace Sjc.RadianceField.Rendering.Cuda;

/// <summary>Training on a device: field, gradients and moments stay there; one picture comes down and one gradient goes up per view and step.</summary>
/// <remarks>The formulas are those of <see cref="VoxelRenderer"/>, to float rounding; the deterministic mode gives the same bits on the same device
/// whatever the order in which its threads run. Any thread may call, one at a time: calls wait for each other.</remarks>
internal sealed class CudaTrainingRenderer : ITrainingRenderer
{
    private const int SampleBlock = 128;

    /// <summary>Small, so that the few thousand rays of a view reach all of a device's processors.</summary>
    private const int RayBlock = 32;

    /// <summary>The emptiness loss's scale before a backward pass has named one: the reference's.</summary>
    private const float ReferenceEmptinessScale = 10;

    private readonly Lock gate = new();
    private readonly IKernelDevice device;
    private readonly DeviceField memory;
    private readonly DeviceTape[] tapes;
    private VoxelField field;
    private AdamaxState state;
    private GradientSums sums;
    private float emptinessScale = ReferenceEmptinessScale;
    private bool isStale;

    /// <summary>A renderer of a field, which changes when it is read back.</summary>
    /// <param name="device">The renderer's own from now on.</param>
    /// <param name="field">The field.</param>
    /// <param name="state">The optimiser's memory of the field.</param>
    /// <param name="views">Views of one iteration.</param>
    /// <param name="deterministic">Gradients in fixed point.</param>
    public CudaTrainingRenderer(IKernelDevice device, VoxelField field, AdamaxState state, int views, bool deterministic)
    {
        (this.device, this.field, this.state) = (device, field, state);
        memory = new DeviceField(device, field, state);
        sums = new GradientSums(device, field, views, deterministic);
        tapes = [.. Enumerable.Range(0, views).Select(_ => new DeviceTape(device, field.Channels))];
    }

    /// <summary>On a GPU of this machine.</summary>
    /// <exception cref="CudaException">A call of the driver or of NVRTC failed, such as for lack of memory.</exception>
    public static CudaTrainingRenderer Open(int ordinal, VoxelField field, AdamaxState state, int views, bool deterministic)
    {
        CudaDevice device = new(ordinal, KernelCache.Default);
        try
        {
            return new CudaTrainingRenderer(device, field, state, views, deterministic);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>The field on the device.</summary>
    public DeviceField Memory => memory;

    /// <summary>How often memory has been allocated on the device or pinned for it.</summary>
    public int Allocations => device.Allocations;

    /// <inheritdoc/>
    public IViewTape Forward(int view, Camera camera, RenderOptions options)
    {
        lock (gate)
        {
            options.Validate();
            DeviceTape tape = tapes[view];
            tape.Begin(field, camera.Height * camera.Width, options);
            tape.ClearLongest();
            device.Launch("generate_rays", tape.RayCount, RayBlock, CameraArguments.Of(tape.Arguments, camera, field.Box));
            Render(tape);
            return tape;
        }
    }

    /// <summary>Renders rays that the caller has computed.</summary>
    public DeviceTape Forward(int view, RayBatch rays, RenderOptions options)
    {
        lock (gate)
        {
            options.Validate();
            DeviceTape tape = tapes[view];
            tape.Begin(field, rays.Count, options);
            tape.UploadRays(rays);
            tape.ClearLongest();
            Launch("measure_rays", tape.RayCount, RayBlock, tape);
            Render(tape);
            return tape;
        }
    }

    /// <inheritdoc/>
    public double Backward(int view, RenderGradient gradient)
    {
        lock (gate)
        {
            DeviceTape tape = tapes[view];
            if (tape.RayCount == 0)
            {
                throw new InvalidOperationException($"View {view} must have been rendered before its backward pass.");
            }

            RequireGradient(gradient.Image.Length, field.Channels * tape.RayCount, "gradient.Image");
            RequireGradient(gradient.Depth.Length, tape.RayCount, "gradient.Depth");
            tape.UploadGradient(gradient);
            bool hasSum = tape.Arguments.EmptinessScale == gradient.EmptinessScale;
            (tape.Arguments.EmptinessWeight, tape.Arguments.EmptinessScale) = (gradient.EmptinessWeight, gradient.EmptinessScale);
            Launch("sample_gains", tape.SampleCapacity, SampleBlock, tape);
            Launch("ray_adjoint", tape.RayCount, RayBlock, tape);
            tape.HasGradient = true;
            if (gradient.EmptinessWeight == 0)
            {
                return 0;
            }

            emptinessScale = gradient.EmptinessScale;
            if (!hasSum)
            {
                Launch("sum_emptiness", tape.RayCount, RayBlock, tape);
                SumRays(tape, tape.Arguments.EmptinessSums, tape.EmptinessParts);
                tape.DownloadEmptiness();
            }

            return gradient.EmptinessWeight * (tape.EmptinessSum / ((double)tape.SampleCount * tape.RayCount));
        }
    }

    /// <inheritdoc/>
    public void Step(AdamaxRates rates)
    {
        lock (gate)
        {
            Scatter();
            state.Steps++;
            isStale = true;
            GradientArguments gradient = Gradient();
            device.Launch("step_voxels", memory.Voxels.Length / 4, SampleBlock, new VoxelStepArguments
            {
                Parameters = memory.Voxels.Address,
                Moment = memory.Moment.Address,
                Norm = memory.Norm.Address,
                Gradient = gradient.Voxels,
                FixedGradient = gradient.FixedVoxels,
                Maximum = gradient.Maxima,
                Count = memory.Voxels.Length,
                Rate = Adamax.CorrectedRate(rates.Voxels, state.Steps),
                Bits = gradient.VoxelBits,
            });
            device.Launch("step_small", sums.Texels + 1, RayBlock, new SmallStepArguments
            {
                Background = memory.Background.Address,
                BackgroundGradient = gradient.Background,
                Maximum = gradient.Maxima + sizeof(int),
                DensityScale = memory.DensityScale.Address,
                ScaleParts = sums.ScaleParts(0),
                Count = sums.Texels,
                Bits = gradient.BackgroundBits,
                PartCount = sums.PartCount,
                MovesBackground = rates.Background is null ? 0 : 1,
                MovesDensityScale = rates.DensityScale is null ? 0 : 1,
                BackgroundRate = Adamax.CorrectedRate(rates.Background ?? 0, state.Steps),
                ScaleRate = Adamax.CorrectedRate(rates.DensityScale ?? 0, state.Steps),
            });
            sums.ClearMaxima();
        }
    }

    /// <summary>Adds all views' gradients to <paramref name="gradient"/>, for comparisons.</summary>
    /// <exception cref="ArgumentException">A view has had no backward pass.</exception>
    public void Accumulate(FieldGradient gradient)
    {
        lock (gate)
        {
            Scatter();
            sums.MoveTo(gradient, Gradient());
        }
    }

    /// <inheritdoc/>
    public void Prune(float threshold)
    {
        lock (gate)
        {
            memory.ComputeMask(threshold);
            if (!field.Prune(memory.ReadMask()!))
            {
                memory.SetMask(field.Mask);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>All but the mask, which comes down, stays on the device. What a step leaves behind without need is given back first: gradients are
    /// zero, and tapes belong to the grid. So the growth itself takes less memory than the iterations after it.</remarks>
    public (VoxelField Field, AdamaxState State) Grow(GridSize grid)
    {
        lock (gate)
        {
            for (int view = 0; view < tapes.Length; view++)
            {
                tapes[view].Dispose();
                tapes[view] = new DeviceTape(device, field.Channels);
            }

            sums.Dispose();
            VoxelField grown = FieldResampling.Empty(field, grid);
            memory.Grow(grown);
            sums = new GradientSums(device, grown, tapes.Length, sums.IsFixed);
            grown.Mask = memory.ReadMask();
            (field, state) = (grown, new AdamaxState(grown) { Steps = state.Steps });
            isStale = true;
            return (field, state);
        }
    }

    /// <inheritdoc/>
    public void ReadBack()
    {
        lock (gate)
        {
            if (isStale)
            {
                memory.Read(field, state);
                isStale = false;
            }
        }
    }

    /// <summary>Waits for all that was queued.</summary>
    public void Wait()
    {
        lock (gate)
        {
            device.Wait();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            try
            {
                Array.ForEach(tapes, tape => tape.Dispose());
                sums.Dispose();
                memory.Dispose();
            }
            catch (CudaException)
            {
                // A device that has failed refuses every call from then on; what it failed at has been thrown already, and the
                // device itself gives back what is left.
            }
            finally
            {
                device.Dispose();
            }
        }
    }

    private static void RequireGradient(int length, int expected, string name)
    {
        if (length != 0 && length != expected)
        {
            throw new ArgumentException($"{name} must have {expected} values or none, but has {length}.");
        }
    }

    private void Render(DeviceTape tape)
    {
        tape.Arguments.EmptinessScale = emptinessScale;
        Launch("prepare_rays", tape.RayCount, RayBlock, tape);
        Launch("sample_density", tape.SampleCapacity, SampleBlock, tape);
        Launch("attenuate", tape.RayCount, RayBlock, tape);
        SumRays(tape, tape.Arguments.EmptinessSums, tape.EmptinessParts);
        Launch("sample_colors", tape.SampleCapacity, SampleBlock, tape);
        Launch("composite", (long)field.Channels * tape.RayCount, RayBlock, tape);
        tape.Download();
    }

    private void Scatter()
    {
        for (int view = 0; view < tapes.Length; view++)
        {
            if (!tapes[view].HasGradient)
            {
                throw new ArgumentException($"View {view} must have had a backward pass, but has none.");
            }
        }

        for (int view = 0; view < tapes.Length; view++)
        {
            DeviceTape tape = tapes[view];
            Launch(sums.IsFixed ? "scatter_fixed" : "scatter", tape.SampleCapacity, SampleBlock, tape);
            SumRays(tape, tape.Arguments.ScaleGradients, sums.ScaleParts(view));
            if (field.Background.IsTexture)
            {
                Launch("background_adjoint", (long)field.Channels * tape.RayCount, RayBlock, tape);
            }
        }
    }

    private void SumRays(DeviceTape tape, nint values, nint parts) =>
        device.Launch("sum_parts", DeviceTape.SumParts, RayBlock, new SumArguments { Values = values, Parts = parts, Count = tape.RayCount, PartCount = DeviceTape.SumParts });

    private void Launch(string kernel, long threads, int blockSize, DeviceTape tape) =>
        device.Launch(kernel, threads, blockSize, new ViewArguments { Field = memory.Arguments, Tape = tape.Arguments, Gradient = Gradient() });

    private GradientArguments Gradient()
    {
        long samples = 0;
        long rays = 0;
        foreach (DeviceTape tape in tapes)
        {
            samples += tape.SampleCapacity;
            rays += tape.RayCount;
        }

        return sums.Arguments(samples, rays);
    }
}
