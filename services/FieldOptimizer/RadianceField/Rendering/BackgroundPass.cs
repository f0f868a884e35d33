using System.Runtime.Intrinsics;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Rendering;

/// <summary>What rays see behind the field: colours for tapes, and the gradient of a texture.</summary>
internal sealed unsafe class BackgroundPass
{
    private readonly QuadTexture quads = new();
    private VoxelField? field;
    private bool hasQuads;
    private double[] gradient = [];

    /// <summary>∂L/∂texture, [c, height, width], after <see cref="SumGradient"/>.</summary>
    public ReadOnlySpan<double> Gradient => gradient;

    /// <summary>Takes over a field's background as it is now.</summary>
    public void Begin(VoxelField field)
    {
        this.field = field;
        hasQuads = QuadTexture.Fits(field);
        if (hasQuads)
        {
            quads.Load(field.Background);
        }
    }

    /// <summary>Puts the colours behind a packet's rays on a tape.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="u">[16], where the rays meet a texture; any value where there is none.</param>
    /// <param name="v">[16].</param>
    public void Sample(RenderTape tape, int packet, float* u, float* v)
    {
        ReadOnlySpan<int> rays = tape.Packets.Rays(packet);
        fixed (float* colors = tape.BackgroundColors, coordinates = tape.TextureCoordinates)
        {
            for (int lane = 0; lane < rays.Length; lane++)
            {
                int ray = rays[lane];
                if (ray < 0)
                {
                    continue;
                }

                (coordinates[2 * ray], coordinates[(2 * ray) + 1]) = (u[lane], v[lane]);
                float* color = colors + ((nint)ray * tape.Channels);
                if (hasQuads)
                {
                    quads.Sample(u[lane], v[lane]).Store(color);
                }
                else
                {
                    BackgroundSampling.Forward(field!.Background, field.ColorMode, u[lane], v[lane], new Span<float>(color, tape.Channels));
                }
            }
        }
    }

    /// <summary>Sums up a texture's gradient over tapes.</summary>
    public void SumGradient(VoxelField field, ReadOnlySpan<RenderTape> tapes)
    {
        Begin(field);
        if (gradient.Length != field.Background.Values.Length)
        {
            gradient = new double[field.Background.Values.Length];
        }

        if (hasQuads)
        {
            quads.ClearGradient();
            foreach (RenderTape tape in tapes)
            {
                AddQuads(tape);
            }

            quads.CopyGradient(gradient);
            return;
        }

        Array.Clear(gradient);
        foreach (RenderTape tape in tapes)
        {
            AddTexels(tape);
        }
    }

    private void AddQuads(RenderTape tape)
    {
        fixed (float* gradients = tape.ImageGradients, coordinates = tape.TextureCoordinates, shares = tape.Transmittance)
        {
            int pitch = tape.RayCount;
            float* pixel = gradients;
            for (int ray = 0; ray < pitch; ray++, pixel++)
            {
                quads.Add(coordinates[2 * ray], coordinates[(2 * ray) + 1], ImagePlanes.LoadQuad(pixel, pitch) * shares[ray]);
            }
        }
    }

    private void AddTexels(RenderTape tape)
    {
        Span<float> pixel = stackalloc float[tape.Channels];
        for (int ray = 0; ray < tape.RayCount; ray++)
        {
            for (int channel = 0; channel < pixel.Length; channel++)
            {
                pixel[channel] = tape.ImageGradients[(channel * tape.RayCount) + ray];
            }

            ReadOnlySpan<float> color = tape.BackgroundColors.AsSpan(ray * tape.Channels, tape.Channels);
            ReadOnlySpan<float> at = tape.TextureCoordinates.Slice(2 * ray, 2);
            BackgroundSampling.Adjoint(field!.Background, field.ColorMode, at[0], at[1], color, pixel, tape.Transmittance[ray], gradient);
        }
    }
}
