using Sjc.Diffusion.Checkpoints;

namespace Sjc.Diffusion.Networks.StableDiffusion;

/// <summary>Checks that configurations of networks share.</summary>
internal static class ConfigChecks
{
    private const int MaxLevels = 12;
    private const int MaxSize = 1 << 20;

    /// <summary>Requires that a text field is missing or has the one value that is supported.</summary>
    public static void RequireText(this ModelConfig config, string key, string supported)
    {
        if (config.Text(key, supported) is var actual && actual != supported)
        {
            throw new InvalidDataException($"{key} of {config.Name} must be {supported}, but is {actual}.");
        }
    }

    /// <summary>Requires that options which change the computation are not set.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="flags">May be missing, null or false.</param>
    /// <param name="values">May be missing or null.</param>
    public static void RequireUnset(this ModelConfig config, IEnumerable<string> flags, IEnumerable<string> values)
    {
        string? set = flags.FirstOrDefault(key => config.Flag(key, false)) ?? values.FirstOrDefault(config.Has);
        if (set is not null)
        {
            throw new InvalidDataException($"{set} of {config.Name} must be unset, since it is not supported, but is {config.Root.GetProperty(set).GetRawText()}.");
        }
    }

    /// <summary>Requires one entry a level.</summary>
    public static void RequireLevels(this ModelConfig config, string key, int count, int levels)
    {
        if (count != levels || levels == 0)
        {
            throw new InvalidDataException($"{key} of {config.Name} must have one entry for each of block_out_channels ({levels}), but has {count}.");
        }
    }

    /// <summary>A number for all levels, or a list of one a level.</summary>
    public static IReadOnlyList<int> PerLevel(this ModelConfig config, string key, int levels, int fallback)
    {
        IReadOnlyList<int> values = config.WholeNumbers(key) ?? [fallback];
        if (values.Count == 1)
        {
            return [.. Enumerable.Repeat(values[0], levels)];
        }

        config.RequireLevels(key, values.Count, levels);
        return values;
    }

    /// <summary>Which of two texts a value is.</summary>
    /// <returns>False for <paramref name="no"/>, true for <paramref name="yes"/>.</returns>
    public static bool Choose(this ModelConfig config, string key, string value, string no, string yes) => value == yes || (value == no
        ? false
        : throw new InvalidDataException($"{key} of {config.Name} must be {no} or {yes}, but is {value}."));

    /// <summary>Requires sizes that a network can have.</summary>
    /// <param name="name">Of the configuration.</param>
    /// <param name="levels">Of resolution.</param>
    /// <param name="sizes">All sizes.</param>
    public static void RequireSizes(string name, int levels, IReadOnlyList<int> sizes)
    {
        if (levels is < 1 or > MaxLevels)
        {
            throw new InvalidDataException($"{name} must have 1 to {MaxLevels} levels, but has {levels}.");
        }

        if (sizes.Any(size => size is < 1 or > MaxSize))
        {
            throw new InvalidDataException($"The sizes of {name} must be in [1, {MaxSize}], but one is {sizes.First(size => size is < 1 or > MaxSize)}.");
        }
    }

    /// <summary>Requires that each size is a multiple of its divisor.</summary>
    public static void RequireMultiples(string name, string sizeName, IEnumerable<int> sizes, string divisorName, IEnumerable<int> divisors)
    {
        foreach ((int size, int divisor) in sizes.Zip(divisors))
        {
            if (size % divisor != 0)
            {
                throw new InvalidDataException($"The {sizeName} of {name} must be a multiple of the {divisorName} ({divisor}), but are {size}.");
            }
        }
    }
}
