using System.Globalization;

namespace Sjc.GpuCheck;

/// <summary>What was asked for.</summary>
internal sealed record CheckArguments
{
    /// <summary>N of cuda:N.</summary>
    public int Device { get; private init; }

    /// <summary>Receives the figures.</summary>
    public string JsonFile { get; private init; } = "gpu-check.json";

    /// <summary>Small sizes alone, to see that everything runs.</summary>
    public bool Short { get; private init; }

    /// <summary>Compile the kernels for every architecture of NVRTC, which needs no GPU.</summary>
    public bool CompileOnly { get; private init; }

    /// <summary>What a sanitizer found in a run before: true nothing, false something; null: there was none.</summary>
    public bool? IsSanitized { get; private init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is not understood.</exception>
    public static CheckArguments Parse(string[] arguments)
    {
        CheckArguments parsed = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            parsed = arguments[i] switch
            {
                "--short" => parsed with { Short = true },
                "--compile-only" => parsed with { CompileOnly = true },
                "--sanitizer" when i + 1 < arguments.Length && arguments[i + 1] is "clean" or "findings" or "missing" =>
                    Next(parsed with { IsSanitized = arguments[i + 1] is "missing" ? null : arguments[i + 1] is "clean" }, ref i),
                "--json" when i + 1 < arguments.Length => parsed with { JsonFile = arguments[++i] },
                "--device" when i + 1 < arguments.Length && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int device) => Next(parsed with { Device = device }, ref i),
                string unknown => throw new ArgumentException($"Arguments must be as below, but there is {unknown}."),
            };
        }

        return parsed;
    }

    private static CheckArguments Next(CheckArguments parsed, ref int i)
    {
        i++;
        return parsed;
    }
}
