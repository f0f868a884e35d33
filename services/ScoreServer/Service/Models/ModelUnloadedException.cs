namespace Sjc.ScoreServer.Models;

/// <summary>A model was asked for that an operator has taken out of memory.</summary>
/// <param name="name">Of the model.</param>
internal sealed class ModelUnloadedException(string name) : Exception($"{name} must be loaded, but an operator has unloaded it.");
