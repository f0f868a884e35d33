using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sjc.RadianceField.Rendering.Kernels;

/// <summary>Pixels of images that lie in one plane per channel, [c, rays].</summary>
internal static unsafe class ImagePlanes
{
    /// <summary>Stores color + left·background at a pixel.</summary>
    /// <param name="pixel">In the first plane.</param>
    /// <param name="pitch">From plane to plane.</param>
    /// <param name="channels">Planes.</param>
    /// <param name="color">[c].</param>
    /// <param name="left">What is left for the background.</param>
    /// <param name="background">[c].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* pixel, int pitch, int channels, float* color, float left, float* background)
    {
        if (channels == 4)
        {
            Vector128<float> sum = Vector128.Load(color) + (Vector128.Load(background) * left);
            (pixel[0], pixel[pitch], pixel[2 * pitch], pixel[3 * pitch]) = (sum[0], sum[1], sum[2], sum[3]);
            return;
        }

        for (int channel = 0; channel < channels; channel++, pixel += pitch)
        {
            *pixel = color[channel] + (left * background[channel]);
        }
    }

    /// <summary>Four channels of a pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadQuad(float* pixel, int pitch) => Vector128.Create(pixel[0], pixel[pitch], pixel[2 * pitch], pixel[3 * pitch]);

    /// <summary>The channels of a pixel, and zeros up to a stride.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(float* pixel, int pitch, int channels, float* values, int stride)
    {
        if (channels == 4)
        {
            LoadQuad(pixel, pitch).Store(values);
            return;
        }

        new Span<float>(values, stride).Clear();
        for (int channel = 0; channel < channels; channel++, pixel += pitch)
        {
            values[channel] = *pixel;
        }
    }
}
