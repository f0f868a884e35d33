using System.Globalization;
using Sjc.Numerics.Safetensors;
using Sjc.RadianceField.Fields;
using Sjc.RadianceField.Optimizers;

namespace Sjc.RadianceField.Checkpoints;

/// <summary>The complete state of an optimisation: a <see cref="FieldFile"/> with Adamax's moments, its steps, the iteration and the options' fingerprint.</summary>
/// <remarks>adamax.m.* and adamax.u.* mirror density, color, bg and d_scale.</remarks>
internal static class OptimizationFile
{
    private const string MomentPrefix = "adamax.m.";
    private const string NormPrefix = "adamax.u.";

    internal static void Write(SafetensorsWriter writer, VoxelField field, AdamaxState state, int iteration, string fingerprint)
    {
        writer
            .Metadata("iteration", iteration.ToString(CultureInfo.InvariantCulture))
            .Metadata("adamax_steps", state.Steps.ToString(CultureInfo.InvariantCulture))
            .Metadata("options_sha256", fingerprint);
        FieldFile.Write(writer, field);
        Write(writer, MomentPrefix, state.FirstMoment, state.BackgroundMoment, state.DensityScaleMoment);
        Write(writer, NormPrefix, state.InfinityNorm, state.BackgroundNorm, state.DensityScaleNorm);
    }

    /// <summary>Reads a state of the same options.</summary>
    /// <exception cref="InvalidDataException">The file holds no state, or one of other options.</exception>
    internal static (VoxelField Field, AdamaxState State, int Iteration) Read(SafetensorsFile file, string fingerprint)
    {
        VoxelField field = FieldFile.Read(file);
        string stored = file.Metadata.GetValueOrDefault("options_sha256", "");
        if (stored != fingerprint)
        {
            throw new InvalidDataException($"options_sha256 must be {fingerprint}, the fingerprint of the options, but is {stored}.");
        }

        try
        {
            AdamaxState state = new(field) { Steps = Number(file, "adamax_steps") };
            Read(file, MomentPrefix, state.FirstMoment, state.BackgroundMoment, state.DensityScaleMoment);
            Read(file, NormPrefix, state.InfinityNorm, state.BackgroundNorm, state.DensityScaleNorm);
            return (field, state, Number(file, "iteration"));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"The file must hold an optimisation's state, but does not: {exception.Message}", exception);
        }
    }

    private static void Write(SafetensorsWriter writer, string prefix, VoxelRecords voxels, ReadOnlySpan<float> background, ReadOnlySpan<float> densityScale)
    {
        VoxelTensors.Write(writer, prefix, voxels);
        writer.Add(prefix + "bg", background, background.Length);
        writer.Add(prefix + "d_scale", densityScale, 1);
    }

    private static void Read(SafetensorsFile file, string prefix, VoxelRecords voxels, Span<float> background, Span<float> densityScale)
    {
        VoxelTensors.Read(file, prefix, voxels);
        VoxelTensors.Floats(file, prefix + "bg").CopyTo(background);
        VoxelTensors.Floats(file, prefix + "d_scale").CopyTo(densityScale);
    }

    private static int Number(SafetensorsFile file, string key) =>
        int.Parse(file.Metadata.TryGetValue(key, out string? text) ? text : throw new KeyNotFoundException($"the metadata string {key} is missing."), CultureInfo.InvariantCulture);
}
