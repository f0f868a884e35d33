namespace Sjc.Diffusion.Checkpoints.Pickles;

/// <summary>A class or function that a pickle names. It is a name and nothing else: nothing is imported or called.</summary>
/// <param name="FullName">Module and name, such as "collections.OrderedDict".</param>
public sealed record PickleGlobal(string FullName);
