namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>Stands for an object that a pickle would have made by calling something outside the allow-list.</summary>
/// <param name="Global">What it would have called.</param>
public sealed record PickleObject(PickleGlobal Global);
