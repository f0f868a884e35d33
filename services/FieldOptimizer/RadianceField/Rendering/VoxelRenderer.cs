using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Rendering;

/// <summary>Emission–absorption rendering of a voxel field and its hand-written adjoint, on the processor.</summary>
/// <remarks>One training step: <see cref="Forward"/>, then <see cref="Backward"/> once the image's gradient is known, then
/// <see cref="Step"/>, which adds the samples' gradients slab by slab and updates each slab while it is in the cache. Results have
/// the same bits whatever the number of threads, and a step allocates nothing once the tape has its size. Not thread-safe.</remarks>
public sealed partial class VoxelRenderer : IDisposable
{
    /// <summary>Packets that a worker takes at a time.</summary>
    private const int PacketChunk = 2;

    private readonly WorkerTeam team;
    private readonly PacketScratch[] scratch;
    private readonly FieldKernels kernels;
    private readonly Action<int> forwardWork;
    private readonly Action<int> backwardWork;
    private readonly Action<int> slabWork;
    private readonly SlabPlan plan = new();
    private readonly BackgroundPass background = new();
    private VoxelField? field;
    private RenderTape? tape;
    private MaskCells? mask;
    private float emptiness;
    private float emptinessScale;
    private float[] depthGradients = [];
    private RenderTape[] tapes = [];
    private int tapeCount;
    private double[] scaleParts = [];
    private SlabTask slabTask;
    private int next;

    /// <summary>A renderer with its own threads.</summary>
    /// <param name="threads">Threads that work together, the caller's included; at least 1.</param>
    public VoxelRenderer(int threads)
        : this(threads, lanes: null)
    {
    }

    /// <summary>A renderer with a given width of vectors.</summary>
    internal VoxelRenderer(int threads, int? lanes)
    {
        team = new WorkerTeam(threads);
        kernels = lanes is { } width ? FieldKernels.For(width) : FieldKernels.Widest;
        scratch = [.. Enumerable.Range(0, threads).Select(_ => new PacketScratch())];
        forwardWork = ForwardPackets;
        backwardWork = BackwardPackets;
        slabWork = RunSlabs;
    }

    /// <summary>Renders the rays onto a tape.</summary>
    /// <param name="field">What to render.</param>
    /// <param name="rays">From where.</param>
    /// <param name="options">Step, weight threshold and ray offset.</param>
    /// <param name="tape">Receives image, depth and transmittance, and what <see cref="Backward"/> needs.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public void Forward(VoxelField field, RayBatch rays, RenderOptions options, RenderTape tape)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(tape);
        options.Validate();
        tape.Begin(field, rays, options, team);
        Begin(field);
        (this.tape, mask) = (tape, field.Mask?.Cells);
        background.Begin(field);
        team.Run(forwardWork);
        tape.HasImages = true;
        GC.KeepAlive(this);
    }

    /// <summary>The adjoint along the rays: what each sample of the tape adds to the field's gradient.</summary>
    /// <param name="field">The field as it was rendered.</param>
    /// <param name="tape">From <see cref="Forward"/>; may go through several backward passes, the last of which counts.</param>
    /// <param name="gradient">∂L/∂image and ∂L/∂depth, and the emptiness loss, which is computed here.</param>
    /// <returns>The emptiness loss W·mean(log(1 + scale·w)); 0 where W is 0.</returns>
    /// <exception cref="ArgumentException">The tape is not of such a field, or a gradient's size differs from the tape's.</exception>
    /// <exception cref="InvalidOperationException">The tape has not been rendered, or that failed.</exception>
    public double Backward(VoxelField field, RenderTape tape, RenderGradient gradient)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(tape);
        RequireFit(field, tape, gradient);
        Begin(field);
        (this.tape, tape.HasGradient) = (tape, false);
        CopyGradients(tape, gradient);
        double samples = (double)tape.SampleCount * tape.RayCount;
        emptinessScale = gradient.EmptinessScale;
        emptiness = gradient.EmptinessWeight == 0 ? 0 : (float)(gradient.EmptinessWeight * (double)emptinessScale / samples);
        team.Run(backwardWork);
        tape.HasGradient = true;
        double sum = 0;
        for (int i = 0; i < tape.Packets.Count * RayPackets.Width; i++)
        {
            sum += tape.EmptinessSums[i];
        }

        GC.KeepAlive(this);
        return gradient.EmptinessWeight == 0 ? 0 : gradient.EmptinessWeight * (sum / samples);
    }

    /// <summary>Adds the tapes' gradients to <paramref name="gradient"/>.</summary>
    /// <exception cref="ArgumentException">A tape has had no backward pass, or is not of such a field.</exception>
    public void Accumulate(VoxelField field, ReadOnlySpan<RenderTape> tapes, FieldGradient gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        BeginScatter(field, tapes);
        slabTask = new SlabTask { Records = field.Voxels, Gradient = gradient.Voxels, NeedsTexture = field.Background.IsTexture };
        team.Run(slabWork);
        GC.KeepAlive(this);
        gradient.DensityScale += (float)DensityScaleGradient();
        for (int i = 0; i < gradient.Background.Length; i++)
        {
            gradient.Background[i] += (float)background.Gradient[i];
        }
    }

    /// <summary>One Adamax step with the sum of the tapes' gradients.</summary>
    /// <exception cref="ArgumentException">A tape has had no backward pass, or is not of such a field.</exception>
    public void Step(VoxelField field, ReadOnlySpan<RenderTape> tapes, AdamaxState state, AdamaxRates rates)
    {
        ArgumentNullException.ThrowIfNull(state);
        BeginScatter(field, tapes);
        state.Steps++;
        slabTask = new SlabTask
        {
            Records = field.Voxels,
            State = state,
            CorrectedRate = Adamax.CorrectedRate(rates.Voxels, state.Steps),
            NeedsTexture = rates.Background is not null && field.Background.IsTexture,
        };
        team.Run(slabWork);
        GC.KeepAlive(this);
        if (rates.Background is { } backgroundRate && slabTask.NeedsTexture)
        {
            state.UpdateBackground(field, background.Gradient, backgroundRate);
        }

        if (rates.DensityScale is { } scaleRate)
        {
            state.UpdateDensityScale(field, (float)DensityScaleGradient(), scaleRate);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => team.Dispose();

    private static void RequireFit(VoxelField field, RenderTape tape, RenderGradient gradient)
    {
        if (!tape.KeepsSamples)
        {
            throw new ArgumentException("tape must keep its samples for a backward pass, but does not.", nameof(tape));
        }

        if (!tape.HasImages)
        {
            throw new InvalidOperationException("tape must have been rendered before its backward pass.");
        }

        RequireChannels(field, tape, nameof(tape), index: null);
        RequireGradient(gradient.Image.Length, tape.Channels * tape.RayCount, "gradient.Image");
        RequireGradient(gradient.Depth.Length, tape.RayCount, "gradient.Depth");
    }

    private static void RequireChannels(VoxelField field, RenderTape tape, string name, int? index)
    {
        if (tape.Channels != field.Channels)
        {
            string which = index is null ? name : $"{name}[{index}]";
            throw new ArgumentException($"{which} must have the field's {field.Channels} channels, but has {tape.Channels}.", name);
        }
    }

    private static void RequireGradient(int length, int expected, string name)
    {
        if (length != 0 && length != expected)
        {
            throw new ArgumentException($"{name} must have {expected} values or none, but has {length}.");
        }
    }
}
