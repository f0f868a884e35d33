namespace Sjc.RadianceField.Rendering;

/// <summary>Where rendering is done, once it has been looked at what is there.</summary>
/// <param name="CudaDevice">N of cuda:N; null: the processor.</param>
/// <param name="Description">For people: what it is, or why it is no GPU.</param>
public sealed record ResolvedRenderer(int? CudaDevice, string Description);
