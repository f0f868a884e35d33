using Sjc.RadianceField.Cameras;
using Sjc.RadianceField.Fields;

namespace Sjc.RadianceField.Rendering;

/// <summary>Pictures of fields for looking at: any size, several rays per pixel, in bands of rows that bound the memory.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class ViewRenderer : IDisposable
{
    /// <summary>Most sub-pixel rays along each side of a pixel.</summary>
    public const int MaxSupersampling = 8;

    private const int RaysPerBand = 16_384;

    private readonly RayBuffer rays = new();
    private readonly RenderTape tape = RenderTape.ForImages();
    private readonly VoxelRenderer renderer;
    private readonly bool ownsRenderer;

    /// <summary>With threads of its own.</summary>
    public ViewRenderer(int threads)
        : this(new VoxelRenderer(threads), ownsRenderer: true)
    {
    }

    /// <summary>On a renderer that it may share with others, but not at the same time.</summary>
    internal ViewRenderer(VoxelRenderer renderer, bool ownsRenderer = false)
    {
        this.renderer = renderer;
        this.ownsRenderer = ownsRenderer;
    }

    /// <summary>Whether samples that cannot be seen are skipped: pictures have the same bits, but come sooner.</summary>
    internal bool SkipsEmptyCells { get; init; } = true;

    /// <summary>Renders a picture with depth and opacity.</summary>
    /// <param name="field">What to look at.</param>
    /// <param name="camera">From where.</param>
    /// <param name="options">Step and weight threshold.</param>
    /// <param name="supersampling">f, in [1, 8]: each pixel is the mean of f×f rays.</param>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public RenderedView Render(VoxelField field, Camera camera, RenderOptions options, int supersampling = 1)
    {
        if (supersampling is < 1 or > MaxSupersampling)
        {
            throw new ArgumentException($"supersampling must be in [1, {MaxSupersampling}], but is {supersampling}.", nameof(supersampling));
        }

        // A small picture takes no longer than marking the cells.
        bool skips = SkipsEmptyCells && (long)camera.Height * camera.Width * supersampling * supersampling >= RaysPerBand / 2;
        tape.EmptyCells = skips ? new EmptyCells(field, field.MeanVoxelLength * options.StepRatio) : null;
        RenderedView view = new(camera.Height, camera.Width, field.Channels);
        int bandRows = Math.Max(1, RaysPerBand / (camera.Width * supersampling * supersampling));
        for (int row = 0; row < camera.Height; row += bandRows)
        {
            int rows = Math.Min(bandRows, camera.Height - row);
            renderer.Forward(field, rays.Fill(camera, field.Box, supersampling, row, rows), options, tape);
            Average(view, row, rows, supersampling);
        }

        tape.EmptyCells = null;
        return view;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ownsRenderer)
        {
            renderer.Dispose();
        }
    }

    private void Average(RenderedView view, int firstRow, int rows, int factor)
    {
        int pixels = rows * view.Width;
        int first = firstRow * view.Width;
        int rayCount = tape.RayCount;
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            int corner = (pixel / view.Width * factor * view.Width * factor) + (pixel % view.Width * factor);
            for (int c = 0; c < view.Channels; c++)
            {
                view.Image[(c * view.Height * view.Width) + first + pixel] = Mean(tape.Image.Slice(c * rayCount, rayCount), corner, view.Width, factor);
            }

            view.Depth[first + pixel] = Mean(tape.Depth, corner, view.Width, factor);
            view.Opacity[first + pixel] = 1 - Mean(tape.Transmittance, corner, view.Width, factor);
        }
    }

    private static float Mean(ReadOnlySpan<float> values, int corner, int width, int factor)
    {
        float sum = 0;
        for (int y = 0; y < factor; y++)
        {
            for (int x = 0; x < factor; x++)
            {
                sum += values[corner + (y * width * factor) + x];
            }
        }

        return sum / (factor * factor);
    }
}
