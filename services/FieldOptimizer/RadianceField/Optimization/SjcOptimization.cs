using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Checkpoints;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Losses;
using Sjc.RadianceField.Optimizers;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Cuda;

namespace Sjc.RadianceField.Optimization;

/// <summary>The body of the loop of score Jacobian chaining (Wang et al. 2023): render, take the scorer's gradient back into the field, step.</summary>
/// <remarks>The caller drives it: for each view of the iteration <see cref="Plan"/> and <see cref="Render"/>; then one <see cref="Step"/> with the
/// scorer's gradients of these pictures. Not thread-safe; deterministic to the bit for any number of threads. The
/// step before an iteration of <see cref="SjcOptions.Growth"/> leaves field and optimiser on the larger grid, the one before an
/// iteration of <see cref="SjcOptions.PruneIterations"/> the field with a new mask.</remarks>
public sealed class SjcOptimization : IDisposable
{
    private readonly ViewSchedule schedule;
    private AdamaxState state;
    private readonly VoxelRenderer voxels;
    private readonly ViewRenderer views;
    private readonly TrainingPass[] passes;
    private VoxelField heldField;
    private readonly Func<VoxelField, AdamaxState, int, ITrainingRenderer> makeRenderer;
    private ITrainingRenderer? renderer;
    private readonly float[] images;
    private readonly int imageLength;

    /// <summary>A new field, drawn from the seed.</summary>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    public SjcOptimization(SjcOptions options)
        : this(Checked(options), FieldInitialization.Create(options))
    {
    }

    /// <summary>From a given field, which it goes on to change.</summary>
    /// <exception cref="ArgumentException">The options break a rule, or the field has other channels.</exception>
    public SjcOptimization(SjcOptions options, VoxelField field)
        : this(Checked(options), field, new AdamaxState(field), 0)
    {
    }

    /// <summary>From a given state, with a renderer that <paramref name="makeRenderer"/> makes of field, state and views; null: the options'.</summary>
    internal SjcOptimization(
        SjcOptions options, VoxelField field, AdamaxState state, int iteration, Func<VoxelField, AdamaxState, int, ITrainingRenderer>? makeRenderer = null)
    {
        if (field.Channels != options.Channels)
        {
            throw new ArgumentException($"field must have {options.Channels} channels, but has {field.Channels}.", nameof(field));
        }

        Options = options;
        heldField = field;
        this.state = state;
        Iteration = iteration;
        schedule = new ViewSchedule(options);
        passes = [.. Enumerable.Range(0, options.ViewsPerIteration).Select(view => new TrainingPass(options, view))];
        imageLength = options.Channels * options.ScorerHeight * options.ScorerWidth;
        images = new float[passes.Length * imageLength];
        voxels = new VoxelRenderer(options.Threads);
        views = new ViewRenderer(voxels);
        this.makeRenderer = makeRenderer ?? MakeRenderer;
    }

    /// <summary>What it was made with.</summary>
    public SjcOptions Options { get; }

    /// <summary>The field as it is now.</summary>
    public VoxelField Field
    {
        get
        {
            renderer?.ReadBack();
            return heldField;
        }
    }

    /// <summary>Iterations done; the next to do.</summary>
    public int Iteration { get; private set; }

    /// <summary>The pictures of this iteration's views, [views, c, h, w] at the scorer's size.</summary>
    public ReadOnlySpan<float> Images => images;

    /// <summary>The view that was rendered last, as it left the renderer: for tests.</summary>
    internal IViewTape? LastTape { get; private set; }

    /// <summary>Made for the first training render: who only looks at a field needs none.</summary>
    private ITrainingRenderer Renderer => renderer ??= makeRenderer(heldField, state, passes.Length);

    /// <summary>Camera, noise level and words of one view: a pure function of options, iteration and view.</summary>
    public ViewPlan Plan(int iteration, int view) => schedule.At(iteration, view);

    /// <summary>The prompt with the view's words.</summary>
    public string Prompt(ViewPlan plan, string prompt) =>
        Options.ViewWording is { } wording && plan.ViewWords.Length > 0 ? wording.Compose(plan.ViewWords, prompt) : prompt;

    /// <summary>Renders a view of the coming iteration, and keeps what its gradient will need.</summary>
    /// <returns>[c, h, w] at the scorer's size; valid until the next <see cref="Render"/> of the same view.</returns>
    /// <exception cref="ArgumentException">The plan is not of the coming iteration, or its camera not of the render's size.</exception>
    public ReadOnlySpan<float> Render(ViewPlan plan)
    {
        if (plan.Iteration != Iteration || plan.View < 0 || plan.View >= passes.Length)
        {
            throw new ArgumentException($"plan must be of iteration {Iteration} and a view in [0, {passes.Length}), but is of {plan.Iteration} and {plan.View}.", nameof(plan));
        }

        if (plan.Camera.Height != Options.RenderSize || plan.Camera.Width != Options.RenderSize)
        {
            throw new ArgumentException($"plan.Camera must have {Options.RenderSize}×{Options.RenderSize} pixels, but has {plan.Camera.Height}×{plan.Camera.Width}.", nameof(plan));
        }

        TrainingPass pass = passes[plan.View];
        Span<float> image = images.AsSpan(plan.View * imageLength, imageLength);
        pass.Forward(Renderer, plan, image);
        LastTape = pass.Tape;
        return image;
    }

    /// <summary>Takes the gradients of all rendered views back into the field, with the losses, and makes one optimiser step.</summary>
    /// <param name="gradient">[views, c, h, w] at the scorer's size: σ·score, as the scorer answers; ascended. Views are averaged.</param>
    /// <exception cref="ArgumentException">The gradient has another size or is not finite.</exception>
    /// <exception cref="InvalidOperationException">A view of this iteration has not been rendered.</exception>
    public IterationLosses Step(ReadOnlySpan<float> gradient)
    {
        double rms = CheckedRms(gradient);
        if (Array.Find(passes, pass => pass.Plan is null) is not null)
        {
            throw new InvalidOperationException($"All {passes.Length} views of iteration {Iteration} must be rendered before its step.");
        }

        double sigma = passes.Average(pass => pass.Plan!.Sigma);
        double emptinessWeight = Options.EmptinessWeight
            * EmptinessLoss.Multiplier(Options.EmptinessStep, Options.Iterations, Iteration, Options.EmptinessMultiplier);
        double emptiness = 0;
        double depth = 0;
        double difference = 0;
        double share = 1.0 / passes.Length;
        for (int view = 0; view < passes.Length; view++)
        {
            (double viewEmptiness, double viewDepth, double viewDifference) = passes[view].Backward(
                Renderer, gradient.Slice(view * imageLength, imageLength), share, emptinessWeight);
            emptiness += viewEmptiness;
            depth += viewDepth;
            difference += share * viewDifference;
        }

        Renderer.Step(Rates(sigma));
        Iteration++;
        if (Options.GridSizeAt(Iteration) is int size && size != Options.GridSizeAt(Iteration - 1))
        {
            Grow(size);
        }

        if (Options.PruneIterations?.Contains(Iteration) == true)
        {
            Renderer.Prune((float)(Options.PruneThreshold ?? AlphaMask.DefaultThreshold));
        }

        return new(rms, emptiness, depth, difference);
    }

    /// <summary>A picture of the field as it is now, outside of the loop.</summary>
    /// <param name="camera">Of any size.</param>
    /// <param name="supersampling">Rays along each side of a pixel.</param>
    public RenderedView RenderView(Camera camera, int supersampling = 1) =>
        views.Render(Field, camera, new RenderOptions((float)Options.StepRatio, (float)Options.WeightThreshold), supersampling);

    /// <summary>Adds the complete state: field, optimiser moments, iteration and the options' fingerprint.</summary>
    public void Save(SafetensorsWriter writer) => OptimizationFile.Write(writer, Field, state, Iteration, Options.Fingerprint());

    /// <summary>Goes on from a saved state, with the same bits as if it had never stopped.</summary>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    /// <exception cref="InvalidDataException">The file holds no state, or one of other options.</exception>
    public static SjcOptimization Load(SjcOptions options, SafetensorsFile file)
    {
        (VoxelField field, AdamaxState state, int iteration) = OptimizationFile.Read(file, Checked(options).Fingerprint());
        GridSize expected = GridSize.Cube(options.GridSizeAt(iteration));
        return field.Grid == expected
            ? new(options, field, state, iteration)
            : throw new InvalidDataException($"The field of iteration {iteration} must have a grid of {expected.X}³ voxels, but has {field.Grid.X}×{field.Grid.Y}×{field.Grid.Z}.");
    }

    /// <summary>SHA-256, lower-case hex, of the field's tensors.</summary>
    public string FieldSha256() => FieldFile.Sha256(Field);

    /// <inheritdoc/>
    public void Dispose()
    {
        renderer?.Dispose();
        views.Dispose();
        voxels.Dispose();
    }

    private static SjcOptions Checked(SjcOptions options)
    {
        options.ThrowIfInvalid();
        return options;
    }

    private ITrainingRenderer MakeRenderer(VoxelField field, AdamaxState state, int viewCount) => Options.CudaDevice is { } ordinal
        ? CudaTrainingRenderer.Open(ordinal, field, state, viewCount, Options.DeterministicGpu)
        : new CpuTrainingRenderer(voxels, field, state, viewCount);

    /// <summary>Goes on with a larger grid, where field and memory are: on a GPU they stay there.</summary>
    private void Grow(int size)
    {
        (heldField, state) = Renderer.Grow(GridSize.Cube(size));
        LastTape = null;
    }

    private double CheckedRms(ReadOnlySpan<float> gradient)
    {
        if (gradient.Length != images.Length)
        {
            throw new ArgumentException($"gradient must have {images.Length} values, but has {gradient.Length}.", nameof(gradient));
        }

        double squares = 0;
        foreach (float value in gradient)
        {
            squares += (double)value * value;
        }

        return double.IsFinite(squares)
            ? Math.Sqrt(squares / gradient.Length)
            : throw new ArgumentException("gradient must be finite, but is not.", nameof(gradient));
    }

    private AdamaxRates Rates(double sigma)
    {
        float rate = (float)(Options.LearningRate * (Options.AnnealBySigma ? sigma : 1));
        float background = (float)(Options.BackgroundLearningRate ?? (Options.AnnealBySigma ? 0.01 : 1e-4));
        float densityScale = Options.AnnealBySigma ? 0 : rate;
        return new(rate, background, Options.LearnDensityScale ? densityScale : null);
    }
}
