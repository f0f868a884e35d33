using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Sjc.Cli.Options;

/// <summary>Options whose complaints read like the product's other ones.</summary>
internal static class CliOptions
{
    private const string WholeRule = "a whole number of at least 0";

    /// <summary>A whole number of at least 0; null where it is not given.</summary>
    public static Option<uint?> Whole(string name, string description) => Number<uint>(name, description, WholeRule, NumberStyles.None);

    /// <summary>A whole number of 64 bits; null where it is not given.</summary>
    public static Option<ulong?> LongWhole(string name, string description) => Number<ulong>(name, description, WholeRule, NumberStyles.None);

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

    /// <summary><c>--json</c>: a file for the figures; null where it is not given.</summary>
    public static Option<string?> JsonFile() => Text("--json", "FILE", "Also write the figures to a file.");

    /// <summary>A value in its range.</summary>
    /// <exception cref="CommandException">It is out of it.</exception>
    public static T Require<T>(Option option, T value, T least, T most)
        where T : INumber<T> =>
        value >= least && value <= most
            ? value
            : throw CommandException.Usage(string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be in [{least}, {most}], but is {value}."));

    /// <summary>Makes a folder that an option names, before the work whose results it is to hold.</summary>
    /// <param name="name">The option.</param>
    /// <param name="path">Its value.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public static string CreateFolder(string name, string path)
    {
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Failure($"{name} must be a folder that can be written to, but is {path}: {exception.Message}", exception);
        }
    }

    /// <summary>Pairs such as name=value.</summary>
    /// <exception cref="CommandException">One of them is none, or a name stands twice.</exception>
    public static Dictionary<string, string> ReadPairs(string name, IEnumerable<string> values)
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
        where T : struct, INumber<T>, IMinMaxValue<T> =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => T.TryParse(result.Tokens[0].Value, styles, CultureInfo.InvariantCulture, out T value) && T.IsFinite(value)
                ? value
                : Complain(result, name, rule, T.MaxValue),
        };

    private static T? Complain<T>(ArgumentResult result, string name, string rule, T greatest)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        bool isTooGreat = rule == WholeRule && text.All(char.IsAsciiDigit);
        result.AddError($"{name} must be {(isTooGreat ? $"a whole number of at most {greatest}" : rule)}, but is {text}.");
        return null;
    }
}
