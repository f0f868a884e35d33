namespace Sjc.Diffusion.Checkpoints;

/// <summary>What a weights file is written as.</summary>
internal enum CheckpointFormat
{
    /// <summary>A header of JSON and raw tensors.</summary>
    Safetensors,

    /// <summary>A pickle of torch.save, as a zip file or in the form of before.</summary>
    Pickle,
}
