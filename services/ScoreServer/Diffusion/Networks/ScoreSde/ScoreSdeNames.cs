using Sjc.Diffusion.Networks.Edm;

namespace Sjc.Diffusion.Networks.ScoreSde;

/// <summary>The names of score_sde, which numbers its modules in the order of execution ("all_modules.4.Conv_0.weight"), under those of a <see cref="SongUnet"/>.</summary>
internal static class ScoreSdeNames
{
    private static readonly (string Song, string ScoreSde)[] Whole = [("", "")];

    private static readonly (string Song, string ScoreSde)[] Block =
        [("norm0", "GroupNorm_0"), ("conv0", "Conv_0"), ("affine", "Dense_0"), ("norm1", "GroupNorm_1"), ("conv1", "Conv_1"), ("skip", "Conv_2")];

    private static readonly (string Song, string ScoreSde)[] Attention = [("norm2", "GroupNorm_0"), ("q", "NIN_0"), ("k", "NIN_1"), ("v", "NIN_2"), ("proj", "NIN_3")];

    private static readonly (string Song, string ScoreSde)[] InputSkip = [("", "Conv_0")];

    private static readonly (string Song, string ScoreSde)[] InputResidual = [("", "Conv2d_0")];

    /// <summary>A map of names.</summary>
    public static Func<string, string> Map(SongUnetOptions options)
    {
        Dictionary<string, string> scopes = new(StringComparer.Ordinal);
        int index = 0;
        foreach ((string scope, (string Song, string ScoreSde)[] parts) in Modules(options))
        {
            foreach ((string song, string scoreSde) in parts)
            {
                scopes[Join(scope, song)] = Join($"all_modules.{index}", scoreSde);
            }

            index++;
        }

        return name =>
        {
            int dot = name.LastIndexOf('.');
            string leaf = name[(dot + 1)..];
            return dot > 0 && scopes.TryGetValue(name[..dot], out string? scope) ? $"{scope}.{(leaf == "freqs" ? "W" : leaf)}" : name;
        };
    }

    private static IEnumerable<(string Scope, (string Song, string ScoreSde)[] Parts)> Modules(SongUnetOptions options)
    {
        if (options.Fourier)
        {
            yield return ("map_noise", Whole);
        }

        yield return ("map_layer0", Whole);
        yield return ("map_layer1", Whole);
        yield return ($"enc.{options.Name(0, "conv")}", Whole);
        int lowest = options.Multipliers.Count - 1;
        foreach ((string, (string, string)[]) module in Enumerable.Range(0, lowest + 1).SelectMany(level => Encoder(options, level)))
        {
            yield return module;
        }

        yield return ($"dec.{options.Name(lowest, "in0")}", Block);
        yield return ($"dec.{options.Name(lowest, "in0")}", Attention);
        yield return ($"dec.{options.Name(lowest, "in1")}", Block);
        foreach ((string, (string, string)[]) module in Enumerable.Range(0, lowest + 1).Reverse().SelectMany(level => Decoder(options, level)))
        {
            yield return module;
        }
    }

    private static IEnumerable<(string Scope, (string Song, string ScoreSde)[] Parts)> Encoder(SongUnetOptions options, int level)
    {
        for (int i = 0; i < options.BlocksPerLevel; i++)
        {
            yield return ($"enc.{options.Name(level, $"block{i}")}", Block);
            if (options.Attends(level))
            {
                yield return ($"enc.{options.Name(level, $"block{i}")}", Attention);
            }
        }

        if (level == options.Multipliers.Count - 1)
        {
            yield break;
        }

        yield return ($"enc.{options.Name(level + 1, "down")}", Block);
        if (options.Input == SongInput.Skip)
        {
            yield return ($"enc.{options.Name(level + 1, "aux_skip")}", InputSkip);
        }
        else if (options.Input == SongInput.Residual)
        {
            yield return ($"enc.{options.Name(level + 1, "aux_residual")}", InputResidual);
        }
    }

    private static IEnumerable<(string Scope, (string Song, string ScoreSde)[] Parts)> Decoder(SongUnetOptions options, int level)
    {
        for (int i = 0; i <= options.BlocksPerLevel; i++)
        {
            yield return ($"dec.{options.Name(level, $"block{i}")}", Block);
        }

        if (options.Attends(level))
        {
            yield return ($"dec.{options.Name(level, $"block{options.BlocksPerLevel}")}", Attention);
        }

        if (options.MakesOutput(level))
        {
            yield return ($"dec.{options.Name(level, "aux_norm")}", Whole);
            yield return ($"dec.{options.Name(level, "aux_conv")}", Whole);
        }

        if (level > 0)
        {
            yield return ($"dec.{options.Name(level - 1, "up")}", Block);
        }
    }

    private static string Join(string scope, string part) => part.Length == 0 ? scope : $"{scope}.{part}";
}
