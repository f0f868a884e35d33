namespace Sjc.RadianceField.Fields;

/// <summary>The background texture's mapping of directions, as in the reference: z is its polar axis, although y is up.</summary>
public static class SphericalMap
{
    /// <summary>u = 2·atan2(√(x² + y²), z)/π − 1 along the width; v = 2·(atan2(y, x)/2π + ½) − 1 along the height; both in [−1, 1].</summary>
    public static (float U, float V) FromDirection(float x, float y, float z)
    {
        float u = (2 * MathF.Atan2(MathF.Sqrt((x * x) + (y * y)), z) / MathF.PI) - 1;
        float v = (2 * ((MathF.Atan2(y, x) / (2 * MathF.PI)) + 0.5f)) - 1;
        return (u, v);
    }
}
