using System.Runtime.InteropServices;
using Sjc.Diffusion.Checkpoints;
using Sjc.Diffusion.Networks.Edm;
using Sjc.Diffusion.Networks.GuidedDiffusion;
using Sjc.Diffusion.Networks.Ncsn;
using Sjc.Diffusion.Networks.ScoreSde;
using Sjc.Diffusion.Networks.StableDiffusion;

namespace Sjc.Diffusion.Networks;

/// <summary>The kinds of pretrained model that can be loaded from files.</summary>
public static class ModelFamilies
{
    /// <summary>All of them. Their files must be told apart: at most one recognises a checkpoint.</summary>
    public static IReadOnlyList<IModelFamily> All { get; } =
    [
        new GuidedDiffusionFamily(),
        new NcsnFamily(),
        new ScoreSdeFamily(),
        new EdmFamily(),
        new StableDiffusionFamily(),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Kinds => [.. All.Select(family => family.Kind)];

    /// <summary>Loads a model.</summary>
    /// <exception cref="InvalidDataException">The files are not a sound model; the message names what is wrong in which file.</exception>
    /// <exception cref="ArgumentException">An option is unknown, does not fit, or is missing where the files cannot tell.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IDenoiser Open(ModelLoadOptions options)
    {
        TorchRuntime.Initialize();
        using CheckpointProbe probe = CheckpointProbe.Open(options);
        IDenoiser denoiser = Guard(probe, options, family => family.Load(probe, options));
        try
        {
            probe.RequireNoUnusedFlags();
            return denoiser;
        }
        catch
        {
            denoiser.Dispose();
            throw;
        }
    }

    /// <summary>Describes a model without loading its weights.</summary>
    /// <exception cref="InvalidDataException">As of <see cref="Open"/>.</exception>
    /// <exception cref="ArgumentException">As of <see cref="Open"/>.</exception>
    /// <exception cref="IOException">As of <see cref="Open"/>.</exception>
    public static ModelInspection Inspect(ModelLoadOptions options)
    {
        TorchRuntime.Initialize();
        using CheckpointProbe probe = CheckpointProbe.Open(options);
        ModelInspection inspection = Guard(probe, options, family => family.Inspect(probe, options));
        probe.RequireNoUnusedFlags();
        return inspection;
    }

    /// <summary>Sizes that libtorch refuses, such as of a configuration that nobody could compute with, are a fault of the files.</summary>
    private static T Guard<T>(CheckpointProbe probe, ModelLoadOptions options, Func<IModelFamily, T> use)
    {
        IModelFamily family = Find(probe, options.Kind);
        try
        {
            return use(family);
        }
        catch (InvalidDataException)
        {
            // What a family misses may be a part that is there and damaged: then that is the fault to name.
            probe.RequireSound();
            throw;
        }
        catch (ExternalException exception)
        {
            throw new InvalidDataException($"{probe.Name} must hold a model that libtorch can build on {options.Device}, but libtorch says: {exception.Message.Split('\n')[0]}", exception);
        }
    }

    private static IModelFamily Find(CheckpointProbe probe, string kind)
    {
        if (kind.Length > 0)
        {
            return All.FirstOrDefault(family => family.Kind == kind) ?? throw new ArgumentException($"{nameof(kind)} must be one of {string.Join(", ", Kinds)}, but is {kind}.", nameof(kind));
        }

        List<IModelFamily> families = [.. All.Where(family => family.Recognizes(probe))];
        if (families.Count == 1)
        {
            return families[0];
        }

        probe.RequireSound();
        throw new InvalidDataException(families.Count == 0
            ? $"{probe.Name} must hold a model of a known kind ({string.Join(", ", Kinds)}), but holds {probe.Contents}."
            : $"{probe.Name} must be told apart by naming its kind, since it looks like {string.Join(" and ", families.Select(family => family.Kind))}.");
    }
}
