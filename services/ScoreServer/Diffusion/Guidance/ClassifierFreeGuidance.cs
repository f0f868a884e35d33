namespace Sjc.Diffusion.Guidance;

/// <summary>Classifier-free guidance (Ho and Salimans 2022) on denoised images: D = D_negative + s (D_condition − D_negative).</summary>
/// <remarks>Being linear, it is the same on D, ε, v and the score. s = 1 is the condition alone, s = 0 the negative condition alone.</remarks>
public static class ClassifierFreeGuidance
{
    /// <summary>One value of the guided D.</summary>
    public static double Combine(double conditional, double negative, double scale) =>
        scale == 1 ? conditional : negative + (scale * (conditional - negative));
}
