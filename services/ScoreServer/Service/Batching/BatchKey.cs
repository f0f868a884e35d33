using Sjc.Diffusion;

namespace Sjc.ScoreServer.Batching;

/// <summary>What rows must share to go through the network together. Noise level, condition and guidance may differ from row to row.</summary>
/// <param name="Model">The model's name on this server.</param>
/// <param name="ComputeType">The type it computes in, such as "f32".</param>
/// <param name="Shape">Of one image.</param>
/// <param name="ContextLength">Tokens of the conditions, where they are not padded to one length by the model; else 0.</param>
internal readonly record struct BatchKey(string Model, string ComputeType, DataShape Shape, int ContextLength = 0);

/// <summary>Requests that may share a batch.</summary>
internal readonly record struct BatchLane(BatchKey Key, BatchSharing Sharing, int BatchRows);
