using Sjc.Diffusion;
using Sjc.Diffusion.Schedules;

namespace Sjc.ScoreServer.Models;

/// <summary>A model that answers.</summary>
/// <param name="name">On this server.</param>
/// <param name="denoiser">Evaluated on <paramref name="thread"/> alone.</param>
/// <param name="thread">Of its device.</param>
/// <param name="dataType">What its weights are held in: "f32", "f16" or "bf16"; empty: what it computes in.</param>
internal sealed class LoadedModel(string name, IDenoiser denoiser, DeviceThread thread, string dataType = "") : IDisposable
{
    private readonly SigmaLadder? _ladder = denoiser.Description.SigmaLadder is { } sigmas ? new SigmaLadder(sigmas) : null;

    public string Name { get; } = name;

    public IDenoiser Denoiser { get; } = denoiser;

    public DenoiserDescription Description { get; } = denoiser.Description;

    /// <summary>Of its weights.</summary>
    public long WeightBytes { get; } =
        denoiser.Description.ParameterCount * ((dataType.Length > 0 ? dataType : denoiser.Description.ComputeTypeName) switch { "f16" or "bf16" => 2, "f64" => 8, _ => 4 });

    public DeviceThread Thread { get; } = thread;

    /// <summary>Its noise levels; null where it takes any in range.</summary>
    public SigmaLadder? Ladder => _ladder;

    /// <summary>The level of the model that is nearest to one in its range.</summary>
    public double Snap(double sigma) => _ladder?.Snap(sigma).Sigma ?? sigma;

    /// <inheritdoc/>
    public void Dispose() => Denoiser.Dispose();
}
