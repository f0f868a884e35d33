using Sjc.Diffusion;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks;
using TorchSharp;

namespace Sjc.ScoreServer.Models;

/// <summary>Pretrained models from files, of every family.</summary>
internal sealed class CheckpointModelFactory : IModelFactory
{
    /// <summary>Of a model whose family its files tell.</summary>
    public const string KindName = "checkpoint";

    /// <inheritdoc/>
    public string Kind => KindName;

    /// <inheritdoc/>
    public string Summary => "Pretrained model.";

    /// <inheritdoc/>
    public bool Makes(string kind) => kind is "" or KindName || ModelFamilies.Kinds.Contains(kind);

    /// <inheritdoc/>
    public IDenoiser Create(ModelOptions options) => ModelFamilies.Open(new ModelLoadOptions
    {
        Path = options.Path,
        Kind = options.Kind == KindName ? "" : options.Kind,
        Device = options.Device,
        ComputeType = options.DataType switch
        {
            "f32" => torch.ScalarType.Float32,
            "f16" => torch.ScalarType.Float16,
            "bf16" => torch.ScalarType.BFloat16,
            _ => null,
        },
        Flags = options.Flags.AsReadOnly(),
    });
}
