namespace Sjc.Diffusion.Checkpoints;

/// <summary>A kind of pretrained model: tells its files, describes and loads them.</summary>
/// <remarks>To add one: implement this beside the networks and enter it in <c>Networks.ModelFamilies.All</c>. The files are closed after <see cref="Load"/>.</remarks>
public interface IModelFamily
{
    /// <summary>Its name in options and listings, such as "stable-diffusion".</summary>
    string Kind { get; }

    /// <summary>Whether the files look like this kind, from names, shapes and configuration; reads no weights. Files that look like it and are damaged are recognised:
    /// <see cref="Load"/> says what is wrong.</summary>
    bool Recognizes(CheckpointProbe probe);

    /// <summary>Describes the model without loading weights.</summary>
    /// <exception cref="InvalidDataException">The files are not a sound model of this kind.</exception>
    /// <exception cref="ArgumentException">An option is missing that the files cannot tell, or does not fit; the message says which.</exception>
    ModelInspection Inspect(CheckpointProbe probe, ModelLoadOptions options);

    /// <summary>Loads the model.</summary>
    /// <exception cref="InvalidDataException">The files are not a sound model of this kind.</exception>
    /// <exception cref="ArgumentException">An option is missing that the files cannot tell, or does not fit; the message says which.</exception>
    IDenoiser Load(CheckpointProbe probe, ModelLoadOptions options);
}
