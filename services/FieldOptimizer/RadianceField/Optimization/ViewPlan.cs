using Sjc.RadianceField.Cameras;

namespace Sjc.RadianceField.Optimization;

/// <summary>One view of one iteration: everything that is drawn at random for it but the scorer's noise.</summary>
/// <param name="Iteration">From 0.</param>
/// <param name="View">Index of the view within the iteration.</param>
/// <param name="Camera">Of the training render.</param>
/// <param name="Sigma">Noise level of the score.</param>
/// <param name="AzimuthDegrees">0 is the front.</param>
/// <param name="ElevationDegrees">Above the horizon.</param>
/// <param name="ViewWords">Words of the direction, such as “side view”; empty where views are not worded.</param>
/// <param name="RayOffset">Fraction of a step, in [0, 1), by which the samples of every ray are moved away from the eye.</param>
public sealed record ViewPlan(
    int Iteration,
    int View,
    Camera Camera,
    double Sigma,
    double AzimuthDegrees,
    double ElevationDegrees,
    string ViewWords,
    double RayOffset);
