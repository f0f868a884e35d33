using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Rendering;
using Sjc.RadianceField.Rendering.Kernels;

namespace Sjc.RadianceField.Tests.Rendering.Kernels;

public sealed unsafe class DirectionMappingTests
{
    // A few units in the last place of numbers up to one: the polynomial's error is a tenth of that.
    private const float Tolerance = 3e-7f;

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    [InlineData(4)]
    [InlineData(1)]
    public void Map_AnyDirection_IsTheSphericalMap(int lanes)
    {
        float[] directions = [.. TestScene.Uniform(8, 3 * RayPackets.Width, -1, 1)];
        float[][] special = [[1, 0, 0], [-1, 0, 0], [-1, -0f, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1], [0, 0, 0], [-0.6f, 1e-20f, 0.8f], [-0.6f, -1e-20f, 0.8f]];
        float* packet = stackalloc float[RayPackets.Direction + (3 * RayPackets.Width)];
        float* uv = stackalloc float[2 * RayPackets.Width];
        for (int i = 0; i < 3 * RayPackets.Width; i++)
        {
            (int axis, int lane) = (i / RayPackets.Width, i % RayPackets.Width);
            packet[RayPackets.Direction + i] = lane < special.Length ? special[lane][axis] : directions[i];
        }

        FieldKernels.For(lanes).MapDirections(packet, uv, uv + RayPackets.Width);
        for (int lane = 0; lane < RayPackets.Width; lane++)
        {
            float* direction = packet + RayPackets.Direction + lane;
            (float u, float v) = SphericalMap.FromDirection(direction[0], direction[RayPackets.Width], direction[2 * RayPackets.Width]);
            Assert.Equal(u, uv[lane], Tolerance);
            Assert.Equal(v, uv[RayPackets.Width + lane], Tolerance);
        }
    }
}
