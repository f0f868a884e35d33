using System.Globalization;
using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.Pixel;

/// <summary>What a model's weights do not tell: each setting from the caller's flag, else from the configuration beside the file, else from a fallback;
/// and where each came from.</summary>
/// <param name="model">What messages call the model.</param>
/// <param name="flag">The caller's flags by name; null: not given.</param>
/// <param name="config">The configuration; null: none.</param>
internal sealed class ModelSettings(string model, Func<string, string?> flag, ModelConfig? config)
{
    private readonly Dictionary<string, string> told = new(StringComparer.Ordinal);

    /// <summary>With the flags of a probe.</summary>
    public ModelSettings(CheckpointProbe probe, ModelConfig? config)
        : this(probe.Name, probe.Flag, config)
    {
    }

    /// <summary>Setting → "value (where it came from)".</summary>
    public IReadOnlyDictionary<string, string> Told => told;

    /// <summary>The configuration; null: none.</summary>
    public ModelConfig? Config => config;

    /// <summary>Notes a setting that is known.</summary>
    public T Note<T>(string name, T value, string source)
    {
        told[name] = string.Create(CultureInfo.InvariantCulture, $"{value} ({source})");
        return value;
    }

    /// <summary>A text.</summary>
    /// <param name="name">Of the setting and its flag.</param>
    /// <param name="fromConfig">From the configuration; null: it does not tell.</param>
    /// <param name="fallback">Where neither tells, and its source; null: one of them must.</param>
    /// <param name="values">Those that there are.</param>
    /// <exception cref="ArgumentException">The flag has another value, or is needed and not given.</exception>
    /// <exception cref="InvalidDataException">The configuration has another value.</exception>
    public string Text(string name, Func<ModelConfig, string?> fromConfig, (string Value, string Source)? fallback, params string[] values)
    {
        if (flag(name) is { } asked)
        {
            return values.Contains(asked) ? Note(name, asked, "flag") : throw new ArgumentException($"{name} must be one of {string.Join(", ", values)}, but is {asked}.", name);
        }

        if (config is not null && fromConfig(config) is { } configured)
        {
            return values.Contains(configured)
                ? Note(name, configured, config.Name)
                : throw new InvalidDataException($"{name} of {config.Name} must be one of {string.Join(", ", values)}, but is {configured}.");
        }

        return fallback is (string value, string source)
            ? Note(name, value, source)
            : throw Missing(name, $"one of {string.Join(", ", values)}");
    }

    /// <summary>A whole number above 0.</summary>
    /// <param name="name">Of the setting and its flag.</param>
    /// <param name="fromConfig">From the configuration; null: it does not tell.</param>
    /// <param name="fallback">Where neither tells, and its source; null: one of them must.</param>
    /// <exception cref="ArgumentException">The flag is no such number, or is needed and not given.</exception>
    /// <exception cref="InvalidDataException">The configuration has no such number.</exception>
    public int Count(string name, Func<ModelConfig, int?> fromConfig, (int Value, string Source)? fallback)
    {
        if (flag(name) is { } asked)
        {
            return int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
                ? Note(name, number, "flag")
                : throw new ArgumentException($"{name} must be a whole number above 0, but is {asked}.", name);
        }

        if (config is not null && fromConfig(config) is int configured)
        {
            return configured > 0 ? Note(name, configured, config.Name) : throw new InvalidDataException($"{name} of {config.Name} must be above 0, but is {configured}.");
        }

        return fallback is (int value, string source) ? Note(name, value, source) : throw Missing(name, "a whole number");
    }

    /// <summary>A number that only flags tell.</summary>
    /// <exception cref="ArgumentException">The flag is no finite number.</exception>
    public double Number(string name, double fallback)
    {
        if (flag(name) is not { } asked)
        {
            return Note(name, fallback, "default");
        }

        return double.TryParse(asked, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? Note(name, number, "flag")
            : throw new ArgumentException($"{name} must be a number, but is {asked}.", name);
    }

    private ArgumentException Missing(string name, string rule) => new(
        $"{name} must be given, {rule}, since the weights of {model} do not tell it and there is no configuration that does: as a flag, {name}=VALUE, or in a JSON file beside the weights.",
        name);
}
