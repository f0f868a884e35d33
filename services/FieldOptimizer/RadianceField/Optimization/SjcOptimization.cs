using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Cameras;

namespace Sjc.RadianceField.Optimization;

/// <summary>The body of the loop of score Jacobian chaining (Wang et al. 2023): render, take the scorer's gradient back into the field, step.</summary>
/// <remarks>The caller drives it: for each view of the iteration <see cref="Plan"/> and <see cref="Render"/>; then one <see cref="Step"/> with the
/// scorer's gradients of these pictures. Not thread-safe; deterministic to the bit for any number of threads.</remarks>
public sealed class SjcOptimization : IDisposable
{
    private readonly ViewSchedule schedule;

    /// <summary>A new field, drawn from the seed.</summary>
    /// <exception cref="ArgumentException">The options break a rule.</exception>
    public SjcOptimization(SjcOptions options)
    {
        options.ThrowIfInvalid();
        Options = options;
        schedule = new ViewSchedule(options);
    }

    /// <summary>What it was made with.</summary>
    public SjcOptions Options { get; }

    /// <summary>Iterations done; the next to do.</summary>
    public int Iteration { get; private set; }

    /// <summary>Camera, noise level and words of one view: a pure function of options, iteration and view.</summary>
    public ViewPlan Plan(int iteration, int view) => schedule.At(iteration, view);

    /// <summary>The prompt with the view's words.</summary>
    public string Prompt(ViewPlan plan, string prompt) =>
        Options.ViewWording is { } wording && plan.ViewWords.Length > 0 ? wording.Compose(plan.ViewWords, prompt) : prompt;

    /// <summary>Renders a view of the coming iteration, and keeps what its gradient will need.</summary>
    /// <returns>[c, h, w] at the scorer's size; valid until the next <see cref="Render"/> of the same view or <see cref="Dispose"/>.</returns>
    public ReadOnlySpan<float> Render(ViewPlan plan) => throw new NotSupportedException();

    /// <summary>Takes the gradients of all rendered views back into the field, with the losses, and makes one optimiser step.</summary>
    /// <param name="gradient">[views, c, h, w] at the scorer's size: σ·score, as the scorer answers; ascended.</param>
    public IterationLosses Step(ReadOnlySpan<float> gradient) => throw new NotSupportedException();

    /// <summary>A picture of the field as it is now, outside of the loop.</summary>
    /// <param name="camera">Of any size.</param>
    /// <param name="supersampling">Rays along each side of a pixel.</param>
    public RenderedView RenderView(Camera camera, int supersampling = 1) => throw new NotSupportedException();

    /// <summary>Adds the complete state: field, optimiser moments, iteration and the options' fingerprint.</summary>
    public void Save(SafetensorsWriter writer) => throw new NotSupportedException();

    /// <summary>Goes on from a saved state.</summary>
    /// <exception cref="InvalidDataException">The file holds no state, or one of other options.</exception>
    public static SjcOptimization Load(SjcOptions options, SafetensorsFile file) => throw new NotSupportedException();

    /// <summary>SHA-256, lower-case hex, of the field's tensors.</summary>
    public string FieldSha256() => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
