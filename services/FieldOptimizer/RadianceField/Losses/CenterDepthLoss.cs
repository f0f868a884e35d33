namespace Sjc.RadianceField.Losses;

/// <summary>−W·log(mean depth of the centre − depth of the border): pushes the middle of a picture behind its rim (Wang et al. 2023).</summary>
/// <remarks>Kept as the reference has it: the border's sum is divided by 64² − 50² whatever the size, and where the difference is negative
/// the loss is NaN while its gradient −W/(diff + 1e-12) is used all the same.</remarks>
public static class CenterDepthLoss
{
    /// <summary>Pixels on each side that are border.</summary>
    public const int Border = 7;

    private const double BorderCount = (64 * 64) - (50 * 50);
    private const double Epsilon = 1e-12;

    /// <summary>The loss and the difference of depths.</summary>
    /// <param name="depth">[height, width], both over 14.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="weight">W.</param>
    /// <returns>The loss may be NaN.</returns>
    /// <exception cref="ArgumentException">The size is too small, or not that of the span.</exception>
    public static (double Loss, double Difference) Forward(ReadOnlySpan<float> depth, int height, int width, double weight)
    {
        RequireSize(depth.Length, height, width);
        double total = 0;
        double center = 0;
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                double value = depth[(row * width) + column];
                total += value;
                center += IsCenter(row, column, height, width) ? value : 0;
            }
        }

        double difference = (center / CenterCount(height, width)) - ((total - center) / BorderCount);
        return (weight * -Math.Log(difference + Epsilon), difference);
    }

    /// <summary>Adds ∂L/∂depth.</summary>
    /// <param name="difference">From <see cref="Forward"/>.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="weight">W.</param>
    /// <param name="depthGrad">[height, width]; added to.</param>
    /// <exception cref="ArgumentException">The size is too small, or not that of the span.</exception>
    public static void Adjoint(double difference, int height, int width, double weight, Span<float> depthGrad)
    {
        RequireSize(depthGrad.Length, height, width);
        double differenceGrad = -weight / (difference + Epsilon);
        float centerGrad = (float)(differenceGrad / CenterCount(height, width));
        float borderGrad = (float)(-differenceGrad / BorderCount);
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                depthGrad[(row * width) + column] += IsCenter(row, column, height, width) ? centerGrad : borderGrad;
            }
        }
    }

    private static bool IsCenter(int row, int column, int height, int width) =>
        row >= Border && row < height - Border && column >= Border && column < width - Border;

    private static double CenterCount(int height, int width) => (height - (2 * Border)) * (double)(width - (2 * Border));

    private static void RequireSize(int length, int height, int width)
    {
        if (height <= 2 * Border || width <= 2 * Border || length != height * width)
        {
            throw new ArgumentException($"depth must be [height, width] of over {2 * Border} pixels each, but is [{height}, {width}] with {length} values.");
        }
    }
}
