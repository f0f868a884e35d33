namespace Sjc.Diffusion.Checkpoints;

/// <summary>One finding of a <see cref="ModelSelfCheck"/>.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Passed">Whether it is as it must be for any weights; null: a figure that says something of trained weights alone.</param>
/// <param name="Detail">Figures, for people.</param>
public sealed record ModelCheck(string Name, bool? Passed, string Detail);
