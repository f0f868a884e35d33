using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Sjc.Cli.Options;

/// <summary>Options whose complaints read like the product's other ones.</summary>
internal static class CliOptions
{
    /// <summary>A whole number of at least 0; null where it is not given.</summary>
    public static Option<uint?> Whole(string name, string description) => Number<uint>(name, description, "a whole number of at least 0", NumberStyles.None);

    /// <summary>A whole number of 64 bits; null where it is not given.</summary>
    public static Option<ulong?> LongWhole(string name, string description) => Number<ulong>(name, description, "a whole number of at least 0", NumberStyles.None);

    /// <summary>A finite number; null where it is not given.</summary>
    public static Option<double?> Real(string name, string description) => Number<double>(name, description, "a number", NumberStyles.Float);

    /// <summary>"true" or "false"; null where it is not given.</summary>
    /// <remarks>A text, since the parser takes a boolean option's value only if it is one, and else complains that it is missing.</remarks>
    public static Option<string?> Switch(string name, string description)
    {
        Option<string?> option = Text(name, "true|false", description);
        option.AcceptOnlyFromAmong("true", "false");
        return option;
    }

    /// <summary>A text; null where it is not given.</summary>
    public static Option<string?> Text(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };

    /// <summary>Pairs such as name=value.</summary>
    /// <exception cref="CommandException">One of them is none, or a name stands twice.</exception>
    public static IDictionary<string, string> ReadPairs(string name, IEnumerable<string> values)
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        foreach (string value in values)
        {
            int separator = value.IndexOf('=', StringComparison.Ordinal);
            if (separator <= 0 || !pairs.TryAdd(value[..separator], value[(separator + 1)..]))
            {
                throw CommandException.Usage($"{name} must be NAME=VALUE with a name of its own each time, but is {value}.");
            }
        }

        return pairs;
    }

    private static Option<T?> Number<T>(string name, string description, string rule, NumberStyles styles)
        where T : struct, INumber<T> =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => T.TryParse(result.Tokens[0].Value, styles, CultureInfo.InvariantCulture, out T value) && T.IsFinite(value)
                ? value
                : Complain<T?>(result, name, rule),
        };

    private static T? Complain<T>(ArgumentResult result, string name, string rule)
    {
        result.AddError($"{name} must be {rule}, but is {result.Tokens[0].Value}.");
        return default;
    }
}
